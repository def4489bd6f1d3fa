import type {Step} from '../../run/step.js'
import type {WindowFacts} from '../facts.js'
import {makeSo, OPENING_MS, RESTORING_MS} from '../make-so.js'
import type {WindowServices} from '../services.js'

/** What preboot was found as. */
export type PrebootSeen = {app: string; preboot: boolean}

/** With preboot, dynos of before go on serving for minutes, and nobody sees them (platform-facts §3.4). */
export function prebootOff({app: {name: app}}: WindowFacts): Step<WindowServices, PrebootSeen, void> {
  return {
    id: 'preboot-off',
    title: 'Turn preboot off',
    failsAs: 'opening',
    look: async ({platform}) => ({app, preboot: await platform.preboot(app)}),
    run: (_seen, ctx) => makeSo({...preboot(app, false, ctx), patienceMs: OPENING_MS}, ctx),
    async undo(seen, ctx) {
      await makeSo({...preboot(seen.app, seen.preboot, ctx), patienceMs: RESTORING_MS}, ctx)
      return `preboot is ${seen.preboot ? 'on' : 'off'} again`
    },
    byHand: (seen) =>
      seen.preboot
        ? {
            what: `Preboot of ${seen.app} is off; before, it was on.`,
            command: `heroku features:enable preboot --app ${seen.app}`,
          }
        : {what: `Preboot of ${seen.app} is off, as it was found.`},
  }
}

/** Last of all: while it is on, a restart is not seen for minutes. */
export function prebootOn({app: {name: app}}: WindowFacts): Step<WindowServices, null, void> {
  return {
    id: 'preboot-on',
    title: 'Turn preboot on again',
    failsAs: 'restoring',
    restores: 'preboot-off',
    run: (_seen, ctx) => makeSo({...preboot(app, true, ctx), patienceMs: RESTORING_MS}, ctx),
  }
}

function preboot(app: string, on: boolean, {platform}: WindowServices) {
  return {
    isSo: async () => (await platform.preboot(app)) === on,
    set: () => platform.setFeature(app, 'preboot', on),
  }
}
