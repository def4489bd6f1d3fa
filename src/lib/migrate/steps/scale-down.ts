import {listOf, quantityWords} from '../../app/words.js'
import type {LogLine} from '../../heroku/types.js'
import type {Step, StepContext} from '../../run/step.js'
import {type Draining, type DynoSeen, readDynos, scaleToZero} from '../drain.js'
import {openLedger} from '../drain-ledger.js'
import {followingLog} from '../drain-tail.js'
import type {WindowFacts} from '../facts.js'
import {maintenanceSince, waitUntilQuiet} from '../in-flight.js'
import {watchRequests} from '../in-flight-lines.js'
import {makeSo, RESTORING_MS} from '../make-so.js'
import type {WindowServices} from '../services.js'

type Context = StepContext & WindowServices

/** What ran before, read right before it goes. */
export type ScaleSeen = {app: string; quantities: Record<string, number>; dynos: DynoSeen[]}

/** What the types come back to, and dynos that had to be killed. */
export type ScaledDown = {quantities: Record<string, number>; killed: string[]}

/** Sets what may write to 0, and ends when every process has exited and no request is in flight (design §4.5). */
export function scaleDown(facts: WindowFacts): Step<WindowServices, ScaleSeen, ScaledDown> {
  const app = facts.app.name
  const types = Object.keys(facts.down)
  return {
    id: 'scale-down',
    title: `Scale ${listOf(types)} to 0 and wait until their processes have exited`,
    failsAs: 'opening',
    look: (ctx) => lookAtTypes(facts, ctx),
    async run(seen, ctx) {
      const {killed} = await drain(seen, {webStays: facts.keptUp.includes('web'), webUrl: facts.app.webUrl}, ctx)
      return {quantities: seen.quantities, killed}
    },
    async undo({app: name, quantities}, ctx) {
      await setQuantities(name, quantities, ctx)
      return `${quantityWords(quantities).join(' ')} again`
    },
    byHand: ({quantities}) => ({
      what: `${listOf(Object.keys(quantities))} of ${app} may be at 0; before, it was ${quantityWords(quantities).join(' ')}.`,
      command: `heroku ps:scale ${quantityWords(quantities).join(' ')} --app ${app}`,
    }),
    summary: ({killed}) => (killed.length > 0 ? `${listOf(killed)} had to be killed` : undefined),
  }
}

/** Sets types to absolute quantities, with the patience of the end of a window; those that are no more are left out. */
export async function setQuantities(app: string, quantities: Record<string, number>, ctx: Context): Promise<void> {
  let wanted: Record<string, number> = quantities
  await makeSo(
    {
      async isSo() {
        const now = new Map((await ctx.platform.formation(app)).map(({quantity, type}) => [type, quantity]))
        wanted = Object.fromEntries(Object.entries(quantities).filter(([type]) => now.has(type)))
        return Object.entries(wanted).every(([type, quantity]) => now.get(type) === quantity)
      },
      set: () => ctx.platform.scale(app, wanted),
      patienceMs: RESTORING_MS,
    },
    ctx,
  )
  const gone = Object.keys(quantities).filter((type) => !(type in wanted))
  if (gone.length > 0) ctx.warn(`${app} has no process type ${listOf(gone)} any more: there is nothing to scale.`)
}

async function lookAtTypes({app: {name: app}, down, keptUp}: WindowFacts, ctx: Context): Promise<ScaleSeen> {
  const [formation, dynos] = await Promise.all([ctx.platform.formation(app), readDynos(app, Object.keys(down), ctx)])
  const unexpected = formation.filter(
    ({quantity, type}) => quantity > 0 && !['release', 'run', 'web', ...keptUp, ...Object.keys(down)].includes(type),
  )
  for (const {quantity, type} of unexpected)
    ctx.warn(`${type} was scaled to ${quantity} after this run had begun: it is no part of the window, and may write.`)
  const quantities = formation.filter(({type}) => type in down).map(({quantity, type}) => [type, quantity] as const)
  return {app, quantities: Object.fromEntries(quantities), dynos}
}

/** Both at a time; when one fails the other is not waited for. */
async function drain(
  draining: Draining,
  {webStays, webUrl}: {webStays: boolean; webUrl: string | undefined},
  ctx: Context,
): Promise<{killed: string[]}> {
  const ledger = openLedger()
  const requests = watchRequests()
  const since = webStays ? maintenanceSince(ctx) : undefined
  const note = (line: LogLine): void => {
    ledger.note(line)
    requests.note(line, ctx.clock.now())
  }
  return followingLog(
    draining.app,
    note,
    async (either) => {
      const quiet = since === undefined ? undefined : waitUntilQuiet({requests, since, webUrl}, either)
      quiet?.catch(() => {})
      const drained = await scaleToZero(draining, ledger, ctx)
      await quiet
      return drained
    },
    ctx,
  )
}
