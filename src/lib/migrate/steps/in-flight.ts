import type {Step} from '../../run/step.js'
import type {WindowFacts} from '../facts.js'
import {maintenanceSince, waitUntilOver} from '../in-flight.js'
import type {WindowServices} from '../services.js'

/**
 * Before the schema changes no request may run that began on the old one: 30 s after maintenance went on the router has given up
 * on the last (H12). For a web that stays as it is; the time has mostly passed by then. Without a maintenance that this run turned
 * on there is nothing to count from.
 */
export function waitForInFlight(_facts: WindowFacts): Step<WindowServices, null, void> {
  return {
    id: 'in-flight',
    title: 'Wait until requests from before the window are over',
    failsAs: 'opening',
    async run(_seen, ctx) {
      const since = maintenanceSince(ctx)
      if (since !== undefined) await waitUntilOver(since, ctx)
    },
  }
}
