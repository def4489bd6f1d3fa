import {StepError} from '../../run/errors.js'
import type {Step, StepContext} from '../../run/step.js'
import type {WindowFacts} from '../facts.js'
import type {MaintenanceOn} from '../in-flight.js'
import {makeSo, OPENING_MS, RESTORING_MS} from '../make-so.js'
import type {WindowServices} from '../services.js'

type Context = StepContext & WindowServices

/** Whose maintenance flag it is; it was off. */
export type MaintenanceSeen = {app: string}

/** From here on visitors get the maintenance page; dynos and requests in flight go on (platform-facts §4). */
export function maintenanceOn({app: {name: app}}: WindowFacts): Step<WindowServices, MaintenanceSeen, MaintenanceOn> {
  return {
    id: 'maintenance-on',
    title: 'Turn maintenance mode on',
    failsAs: 'opening',
    async look({platform}) {
      const {maintenance} = await platform.app(app)
      // It was off in preflight: whoever turned it on is at work, and would lose it by our turning it off.
      if (maintenance) throw new StepError('opening', `Somebody turned maintenance mode of ${app} on meanwhile.`)
      return {app}
    },
    async run(_seen, ctx) {
      ctx.downtime(true)
      await setMaintenance(app, true, ctx, {notSo: true})
      return {at: ctx.clock.now()}
    },
    async undo(seen, ctx) {
      await setMaintenance(seen.app, false, ctx)
      ctx.downtime(false)
      return 'maintenance mode is off again'
    },
    byHand: (seen) => ({
      what: `Maintenance mode of ${seen.app} is on: visitors get the maintenance page.`,
      command: `heroku maintenance:off --app ${seen.app}`,
    }),
  }
}

/** Lets everybody in again. */
export function maintenanceOff({app: {name: app}}: WindowFacts): Step<WindowServices, null, void> {
  return {
    id: 'maintenance-off',
    title: 'Turn maintenance mode off',
    failsAs: 'restoring',
    restores: 'maintenance-on',
    async run(_seen, ctx) {
      await setMaintenance(app, false, ctx, {notSo: true})
      ctx.downtime(false)
    },
  }
}

/** On with the patience of an opening, off with that of the end of a window. `notSo`: it is known not to be so yet. */
export function setMaintenance(app: string, on: boolean, ctx: Context, known: {notSo?: true} = {}): Promise<void> {
  const {platform} = ctx
  return makeSo(
    {
      isSo: async () => (await platform.app(app)).maintenance === on,
      set: () => platform.setMaintenance(app, on),
      patienceMs: on ? OPENING_MS : RESTORING_MS,
      ...known,
    },
    ctx,
  )
}
