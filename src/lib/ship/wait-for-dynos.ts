import type {Dyno, ProcessType} from '../heroku/types.js'
import {StepError} from '../run/errors.js'
import type {StepContext} from '../run/step.js'
import {type CrashNotes, takeCrashNotes} from './crash-notes.js'
import {type DynoVerdict, judgeDynos, startWatch} from './dyno-health.js'
import {findCurrent} from './find-release.js'
import type {ShipServices} from './services.js'

/** Boot timeout (60 s, at most 180 s) twice, plus the pull of a large image: nothing healthy takes longer. */
const UP_DEADLINE_MS = 10 * 60_000
const POLL_MS = 2000
/** The formation and the current release change rarely: every fifth poll spares the API budget. */
const SLOW_READS = 5

type Context = ShipServices & StepContext

/** Dynos that are up and stable; an app scaled to zero has none, which is success and said so. */
export type DynosUp = {up: number}

/**
 * Waits until every dyno of the formation is up on `version` and has been for `stableForMs` (design §4.10).
 * @throws StepError `unhealthy` when one crashes twice or the deadline passes, `foreign` when somebody else releases
 */
export async function waitForDynos(
  {app, release, stableForMs}: {app: string; release: {version: number; createdAt: string}; stableForMs: number},
  ctx: Context,
): Promise<DynosUp> {
  const {version} = release
  const over = new AbortController()
  const notes = takeCrashNotes()
  const watching = watchLog(
    {app, since: Date.parse(release.createdAt)},
    AbortSignal.any([ctx.signal, over.signal]),
    notes,
    ctx,
  )
  const watch = startWatch()
  const deadline = ctx.clock.now() + UP_DEADLINE_MS
  let formation: ProcessType[] = []
  let verdict: DynoVerdict | undefined

  try {
    for (let poll = 0; ; poll++) {
      ctx.signal.throwIfAborted()
      const read = await readDynos(app, version, poll % SLOW_READS === 0, ctx)
      if (read?.formation) formation = read.formation
      const crashes = (dyno: string) => notes.crashes(dyno)
      if (read) verdict = judgeDynos(watch, {dynos: read.dynos, formation, now: ctx.clock.now(), version, crashes})

      if (verdict?.state === 'crashed') {
        // The log comes a moment after the state; without it nobody knows why.
        await ctx.clock.sleep(1000, ctx.signal)
        throw new StepError('unhealthy', `${verdict.message}${notes.why(verdict.dyno)}`)
      }

      if (verdict?.state === 'up' && (verdict.expected === 0 || verdict.stableMs >= stableForMs))
        return {up: verdict.up}
      if (verdict)
        ctx.progress({
          message: describe(verdict, stableForMs),
          current: verdict.up,
          total: verdict.expected,
          unit: 'steps',
        })
      if (ctx.clock.now() >= deadline) throw new StepError('unhealthy', late(verdict, notes.why))
      await ctx.clock.sleep(POLL_MS, ctx.signal)
    }
  } finally {
    over.abort()
    await watching
  }
}

/** One poll; undefined when the platform does not answer: the deadline decides, not one bad read. */
async function readDynos(
  app: string,
  version: number,
  slow: boolean,
  {platform, signal}: Context,
): Promise<{dynos: Dyno[]; formation?: ProcessType[]} | undefined> {
  try {
    const [dynos, formation, releases] = await Promise.all([
      platform.dynos(app),
      slow ? platform.formation(app) : undefined,
      slow ? platform.newestReleases(app, 5) : undefined,
    ])
    const current = releases && findCurrent(releases)
    if (current && current.version > version) {
      const message = `Somebody else released meanwhile: v${current.version} by ${current.user} (${current.description}).`
      const left = [
        {
          what: `${app} runs v${current.version}, which is not ours: it is left as it is.`,
          command: `heroku releases --app ${app}`,
        },
      ]
      throw new StepError('foreign', message, {left})
    }

    return formation ? {dynos, formation} : {dynos}
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof StepError) throw error
    return undefined
  }
}

/** Lines of the formation's dynos go into the story; the log is help, never a condition. */
async function watchLog(
  {app, since}: {app: string; since: number},
  signal: AbortSignal,
  notes: CrashNotes,
  ctx: Context,
): Promise<void> {
  try {
    for await (const line of ctx.platform.logs(app, {lines: 100, tail: true, signal})) {
      // The back-fill begins before the release: crashes of the one before are none of its. Both times are the platform's.
      if (Date.parse(line.at) < since || ['api', 'router'].includes(line.dyno)) continue
      notes.note(line)
      ctx.log(line.text, line.dyno)
    }
  } catch {
    // A log session that is refused or drops takes nothing from what GET /dynos shows.
  }
}

function describe(verdict: DynoVerdict, stableForMs: number): string {
  if (verdict.state === 'waiting')
    return `${verdict.up} of ${verdict.expected} dynos up, waiting for ${verdict.waitingFor.join(', ')}`
  if (verdict.state === 'crashed') return verdict.message
  return `${verdict.up} of ${verdict.expected} dynos up, stable for ${Math.round(verdict.stableMs / 1000)} of ${stableForMs / 1000} s`
}

function late(verdict: DynoVerdict | undefined, why: (dyno: string) => string): string {
  const minutes = UP_DEADLINE_MS / 60_000
  if (verdict?.state !== 'waiting') return `The dynos were not up and stable after ${minutes} minutes`
  const names = verdict.waitingFor.map((name) => `${name}${why(name)}`)
  return `Not up after ${minutes} minutes: ${names.join('; ')}`
}
