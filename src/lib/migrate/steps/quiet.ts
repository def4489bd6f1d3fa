import type {Step} from '../../run/step.js'
import {followingLog} from '../drain-tail.js'
import type {WindowFacts} from '../facts.js'
import {maintenanceSince, waitUntilQuiet} from '../in-flight.js'
import {watchRequests} from '../in-flight-lines.js'
import type {WindowServices} from '../services.js'

/**
 * Before the backup, where no type goes down: what web still answers from before the window may write, and would be missing in
 * it. (Where types go down, their step waits for both at a time.)
 */
export function waitForQuiet({app: {name: app, webUrl}}: WindowFacts): Step<WindowServices, null, void> {
  return {
    id: 'quiet',
    title: 'Wait until requests in flight are over',
    failsAs: 'opening',
    async run(_seen, ctx) {
      const since = maintenanceSince(ctx)
      if (since === undefined) return
      const requests = watchRequests()
      const note: Parameters<typeof followingLog>[1] = (line) => requests.note(line, ctx.clock.now())
      await followingLog(app, note, (either) => waitUntilQuiet({requests, since, webUrl}, either), ctx)
    },
  }
}
