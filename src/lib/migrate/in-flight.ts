import type {StepContext} from '../run/step.js'
import type {Probe} from '../health/types.js'
import {REQUEST_MS, type RequestWatch} from './in-flight-lines.js'
import type {WindowServices} from './services.js'

const LOOK_MS = 250

/** What `maintenance-on` resulted in: when the router was told, by our own clock in ms. */
export type MaintenanceOn = {at: number}

/** When this run turned maintenance on; undefined when it did not. */
export function maintenanceSince({resultOf}: StepContext): number | undefined {
  return (resultOf('maintenance-on') as MaintenanceOn | undefined)?.at
}

/** Each makes the router write a line, so that the silence of an app that nobody visits is no silence of its log. */
const KNOCK_MS = 2000

/** Asks for the maintenance page again and again; nothing of the answers matters, and no dyno sees the request. */
async function knock(url: string, {clock, probe, signal}: Pick<StepContext, 'clock' | 'signal'> & {probe: Probe}) {
  while (!signal.aborted) {
    await probe({url, timeoutMs: KNOCK_MS, signal}).catch(() => {})
    await clock.sleep(KNOCK_MS, signal).catch(() => {})
  }
}

/**
 * Waits until the router's log shows that nothing is in flight any more, at most 30 s after maintenance went on. `requests` is fed
 * from a log that is open meanwhile.
 */
export async function waitUntilQuiet(
  {requests, since, webUrl}: {requests: RequestWatch; since: number; webUrl: string | undefined},
  ctx: StepContext & WindowServices,
): Promise<void> {
  if (webUrl) void knock(webUrl, ctx)
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
