import type {Dyno, Platform, ProcessType} from '../heroku/types.js'
import {abortable} from '../run/abortable.js'
import {StepError} from '../run/errors.js'
import type {StepContext} from '../run/step.js'
import {type CrashNotes, takeCrashNotes} from './crash-notes.js'
import {type DynoVerdict, judgeDynos, startWatch} from './dyno-health.js'
import {type DynoNews, takeDynoNews} from './dyno-news.js'
import {findCurrent} from './find-release.js'

/** Boot timeout (60 s, at most 180 s) twice, plus the pull of a large image: nothing healthy takes longer. */
const UP_DEADLINE_MS = 10 * 60_000
const POLL_MS = 2000
/** Where there is a log, which tells sooner of dynos that change their state. */
const LOG_POLL_MS = 5000
/** Dynos that are up are only watched for staying so; a restart in between shows by its id. */
const STABLE_POLL_MS = 10_000
const SOONEST_MS = 200
/** The formation and the current release change rarely: every fifth poll spares the API budget. */
const SLOW_READS = 5

type Context = StepContext & {platform: Platform}

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
  const news = takeDynoNews()
  const watching = watchLog(
    {app, since: Date.parse(release.createdAt)},
    AbortSignal.any([ctx.signal, over.signal]),
    {notes, news},
    ctx,
  )
  const watch = startWatch()
  const deadline = ctx.clock.now() + UP_DEADLINE_MS
  let formation: ProcessType[] | undefined
  let verdict: DynoVerdict | undefined
  let mayBeLast = false

  try {
    for (let poll = 0; ; poll++) {
      const all = mayBeLast || (poll > 0 && poll % SLOW_READS === 0)
      const asked = news.count()
      const read = await readDynos({app, version, formation: all || !formation, releases: all}, ctx)
      formation = read?.formation ?? formation
      if (read && formation) {
        const crashes = (dyno: string) => notes.crashes(dyno)
        verdict = judgeDynos(watch, {dynos: read.dynos, formation, now: ctx.clock.now(), version, crashes})
        // Only a poll that has read everything may end the wait: the release must still be the current one.
        if (isOver(verdict, stableForMs) && all) return {up: verdict.up}
        mayBeLast = isOver(verdict, stableForMs)
        if (mayBeLast) continue
        if (verdict.state === 'crashed') await crashed(verdict, notes, ctx)
        tell(verdict, stableForMs, ctx)
      }

      if (ctx.clock.now() >= deadline) throw new StepError('unhealthy', late(verdict, notes.why))
      const names = verdict?.state === 'waiting' ? verdict.waitingFor : []
      const ms = untilNextPoll(verdict, stableForMs, news)
      mayBeLast = verdict?.state === 'up' && verdict.stableMs + ms >= stableForMs
      await news.sleep(ms, {after: asked, names}, ctx)
    }
  } finally {
    over.abort()
    await watching
  }
}

function isOver(verdict: DynoVerdict | undefined, stableForMs: number): verdict is DynoVerdict & {state: 'up'} {
  return verdict?.state === 'up' && (verdict.expected === 0 || verdict.stableMs >= stableForMs)
}

/** The last poll comes when the dynos have been up long enough, not up to two seconds later. */
function untilNextPoll(verdict: DynoVerdict | undefined, stableForMs: number, news: DynoNews): number {
  if (verdict?.state === 'waiting' && news.speaks() && !news.areUp(verdict.waitingFor)) return LOG_POLL_MS
  if (verdict?.state !== 'up') return POLL_MS
  return Math.min(STABLE_POLL_MS, Math.max(SOONEST_MS, stableForMs - verdict.stableMs))
}

/** One poll; undefined when the platform does not answer: the deadline decides, not one bad read. */
async function readDynos(
  asked: {app: string; version: number; formation: boolean; releases: boolean},
  {platform, signal}: Context,
): Promise<{dynos: Dyno[]; formation?: ProcessType[]} | undefined> {
  const {app, version} = asked
  try {
    const reads = Promise.all([
      platform.dynos(app),
      asked.formation ? platform.formation(app) : undefined,
      asked.releases ? platform.newestReleases(app, 5) : undefined,
    ])
    const [dynos, formation, releases] = await abortable(reads, signal)
    const current = releases && findCurrent(releases)
    if (current && current.version > version) {
      const message = `Somebody else released meanwhile: v${current.version} by ${current.user} (${current.description}).`
      const left = [
        {
          what: `${app} runs v${current.version}, which is not ours: it is left as it is.`,
          command: `heroku releases --app ${app}`,
        },
      ]
      throw new StepError('foreign', message, {left, insteadOf: ['release']})
    }

    return formation ? {dynos, formation} : {dynos}
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof StepError) throw error
    return undefined
  }
}

/** `web.1`, and not `router`, `api`, nor dynos that come and go by themselves. */
function isOfFormation(dyno: string): boolean {
  return /\.\d+$/.test(dyno) && !/^(release|run|scheduler)\./.test(dyno)
}

/** Lines of the formation's dynos go into the story; the log is help, never a condition. */
async function watchLog(
  {app, since}: {app: string; since: number},
  signal: AbortSignal,
  {news, notes}: {news: DynoNews; notes: CrashNotes},
  ctx: Context,
): Promise<void> {
  try {
    for await (const line of ctx.platform.logs(app, {lines: 100, tail: true, signal})) {
      if (!isOfFormation(line.dyno)) continue
      // The back-fill begins before the release: crashes of the one before are none of its. Both times are the platform's.
      const counts = Date.parse(line.at) >= since
      notes.note(line, counts)
      news.note(line)
      if (counts) ctx.log(line.text, line.dyno)
    }
  } catch {
    // A log session that is refused or drops takes nothing from what GET /dynos shows.
  }
}

async function crashed(verdict: DynoVerdict & {state: 'crashed'}, notes: CrashNotes, ctx: Context): Promise<never> {
  // The log comes a moment after the state; without it nobody knows why.
  await ctx.clock.sleep(1000, ctx.signal)
  throw new StepError('unhealthy', `${verdict.message}${notes.why(verdict.dyno)}`)
}

function tell(verdict: DynoVerdict, stableForMs: number, ctx: Context): void {
  if (verdict.state === 'crashed') return
  const message =
    verdict.state === 'waiting'
      ? `dynos up, waiting for ${verdict.waitingFor.join(', ')}`
      : `dynos up, stable for ${Math.round(verdict.stableMs / 1000)} of ${stableForMs / 1000} s`
  ctx.progress({message, current: verdict.up, total: verdict.expected, unit: 'steps'})
}

function late(verdict: DynoVerdict | undefined, why: (dyno: string) => string): string {
  const minutes = UP_DEADLINE_MS / 60_000
  if (verdict?.state !== 'waiting') return `The dynos were not up and stable after ${minutes} minutes`
  const names = verdict.waitingFor.map((name) => `${name}${why(name)}`)
  return `Not up after ${minutes} minutes: ${names.join('; ')}`
}
