import type {StepContext} from '../run/step.js'
import {REQUEST_MS, type RequestWatch} from './in-flight-lines.js'

const LOOK_MS = 250

/** What `maintenance-on` resulted in: when the router was told, by our own clock in ms. */
export type MaintenanceOn = {at: number}

/** When this run turned maintenance on; undefined when it did not. */
export function maintenanceSince({resultOf}: StepContext): number | undefined {
  return (resultOf('maintenance-on') as MaintenanceOn | undefined)?.at
}

/** Waits until the router's log shows that nothing is in flight any more, at most 30 s after maintenance went on. */
export async function waitUntilQuiet(since: number, requests: RequestWatch, ctx: StepContext): Promise<void> {
  while (!requests.areOver(since, ctx.clock.now())) {
    ctx.progress({item: 'requests', message: 'in flight'})
    await ctx.clock.sleep(LOOK_MS, ctx.signal)
  }

  ctx.progress({item: 'requests', message: 'over', done: 'ok'})
}

/** Waits until the router has given up on every request from before (H12): no log is needed for that. */
export async function waitUntilOver(since: number, ctx: StepContext): Promise<void> {
  for (;;) {
    const left = since + REQUEST_MS - ctx.clock.now()
    if (left <= 0) return
    ctx.progress({message: `requests may be in flight for ${Math.ceil(left / 1000)} s more`})
    await ctx.clock.sleep(Math.min(left, 1000), ctx.signal)
  }
}
