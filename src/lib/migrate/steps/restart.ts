import {listOf} from '../../app/words.js'
import {NotSent, OutcomeUnknown, PlatformError} from '../../heroku/errors.js'
import type {Dyno} from '../../heroku/types.js'
import {abortable} from '../../run/abortable.js'
import {StepError} from '../../run/errors.js'
import {exactlyOnce} from '../../run/exactly-once.js'
import type {Step, StepContext} from '../../run/step.js'
import {typeOfDyno} from '../drain-names.js'
import type {WindowFacts} from '../facts.js'
import {RESTORING_MS} from '../make-so.js'
import type {WindowServices} from '../services.js'

type Context = StepContext & WindowServices

/** The dynos of before the restart, by type; every one that is listed later and not here has booted on the new schema. */
export type RestartSeen = {app: string; dynos: Record<string, Array<{id: string; createdAt: string}>>}

/**
 * By when the first of the new dynos was made, by the platform's clock (ISO 8601); null when there are none. It tells whole seconds:
 * the end of that one, so that a crash of the dyno before is none of the new one's.
 */
export type Restarted = {since: string | null}

const POLL_MS = 3000
const LISTED_MS = 2 * 60_000

/** Types that stayed up booted on the old schema: they may hold stale columns, or have crashed on it (design §4.8). */
export function restartKeptUp(facts: WindowFacts): Step<WindowServices, RestartSeen, Restarted> {
  const app = facts.app.name
  const isKeptUp = (dyno: string): boolean => facts.keptUp.includes(typeOfDyno(dyno) ?? '')
  return {
    id: 'restart',
    title: `Restart ${listOf(facts.keptUp)}`,
    failsAs: 'restart',
    async look({platform, warn}) {
      const [formation, dynos] = await Promise.all([platform.formation(app), platform.dynos(app)])
      const crashed = dynos.filter(({name, state}) => state === 'crashed' && isKeptUp(name)).map(({name}) => name)
      if (crashed.length > 0) {
        warn(`${listOf(crashed)} had crashed when the migration was done, as code may on a schema it does not know.`)
      }

      const running = formation.filter(({quantity, type}) => quantity > 0 && facts.keptUp.includes(type))
      return {app, dynos: Object.fromEntries(running.map(({type}) => [type, seenOf(dynos, type)]))}
    },
    async run(seen, ctx) {
      await Promise.all(Object.keys(seen.dynos).map((type) => restartOne(seen, type, ctx)))
      return {since: await waitForNew(seen, ctx)}
    },
    byHand(seen, result) {
      if (result) return undefined
      const types = Object.keys(seen.dynos)
      const [type] = types
      return {
        what: `${listOf(types)} of ${app} may still run as before the migration.`,
        command: `heroku ps:restart ${types.length === 1 ? `--process-type ${type} ` : ''}--app ${app}`,
      }
    },
  }
}

function seenOf(dynos: Dyno[], type: string): Array<{id: string; createdAt: string}> {
  return dynos.filter(({name}) => typeOfDyno(name) === type).map(({createdAt, id}) => ({createdAt, id}))
}

/** Sent once; again only after looking has shown that nothing happened. A second restart does no harm, a missing one does. */
async function restartOne(seen: RestartSeen, type: string, ctx: Context): Promise<void> {
  const {clock, platform, signal} = ctx
  const deadline = clock.now() + RESTORING_MS
  for (;;) {
    try {
      await exactlyOnce({
        clock,
        signal,
        resend: true,
        call: () => platform.restartType(seen.app, type).then(() => true),
        lookUp: async () => (newOnes(seen, type, await platform.dynos(seen.app)) ? true : undefined),
        isUnknown: (error) => error instanceof OutcomeUnknown,
        isNotSent: (error) => error instanceof NotSent,
      })
      return
    } catch (error) {
      if (error instanceof PlatformError || signal.aborted || clock.now() >= deadline) throw error
      await clock.sleep(POLL_MS, signal)
    }
  }
}

/** The dynos of a type, if all that are listed are new; undefined when none are, or old ones still. */
function newOnes({dynos: before}: RestartSeen, type: string, dynos: Dyno[]): Dyno[] | undefined {
  const now = dynos.filter(({name}) => typeOfDyno(name) === type)
  const old = now.filter(({createdAt, id}) => before[type]?.some((one) => one.id === id && one.createdAt === createdAt))
  return now.length > 0 && old.length === 0 ? now : undefined
}

async function waitForNew(seen: RestartSeen, ctx: Context): Promise<string | null> {
  const types = Object.keys(seen.dynos)
  const deadline = ctx.clock.now() + LISTED_MS
  for (let first = true; ; first = false) {
    if (!first) await ctx.clock.sleep(POLL_MS, ctx.signal)
    const dynos = await abortable(ctx.platform.dynos(seen.app), ctx.signal).catch(() => undefined)
    ctx.signal.throwIfAborted()
    const found = types.map((type) => ({type, dynos: dynos && newOnes(seen, type, dynos)}))
    const missing = found.filter((one) => !one.dynos).map(({type}) => type)
    if (missing.length === 0) return earliest(found.flatMap((one) => one.dynos ?? []))
    ctx.progress({message: `waiting for new dynos of ${listOf(missing)}`})
    if (ctx.clock.now() >= deadline) {
      const minutes = LISTED_MS / 60_000
      throw new StepError(
        'restart',
        `${listOf(missing)} still has dynos of before the restart after ${minutes} minutes`,
      )
    }
  }
}

function earliest(dynos: Dyno[]): string | null {
  if (dynos.length === 0) return null
  return new Date(Math.min(...dynos.map(({createdAt}) => Date.parse(createdAt))) + 1000).toISOString()
}
