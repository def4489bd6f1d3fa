import {PlatformError} from '../../heroku/errors.js'
import {abortable} from '../../run/abortable.js'
import {Nap} from './nap.js'
import {Reading, type Source} from './reading.js'
import type {OneOffContext} from './types.js'
import type {Witnesses} from './witnesses.js'

export type Watched = {
  /** `late`: its time was up, and it was stopped, verifiably or not. `left`: the signal came. */
  how: 'late' | 'left' | 'over'
  stopped?: boolean
  seen: Witnesses
  /** Why lines could not be read, when they could not. */
  trouble?: string
}

/** As seldom as will do: the log tells sooner, and calls are counted. */
const POLL_MS = {first: 5000, most: 30_000, ended: 3000}
/** A dyno leaves the list up to 30 s before its process has exited (platform-facts §3.5). */
const DRAIN_MS = 35_000
const LOG_AGAIN_MS = 10_000
const STOP_MS = {patience: 90_000, again: 15_000}

type Watching = {app: string; dyno: string; nonce: string; source: Source}
type Watch = {app: string; dyno: string; reading: Reading; nap: Nap; ctx: OneOffContext}

/**
 * Shows what a one-off dyno writes and waits for its end, by the log and by the list of dynos; nothing that we can't read ends
 * it. It is stopped at `deadline` (ms since the epoch).
 */
export async function watchOneOff(
  {deadline, ...watching}: Watching & {deadline: number},
  ctx: OneOffContext,
): Promise<Watched> {
  const nap = new Nap()
  const reading = new Reading(watching, {log: (line) => ctx.log(line), nap, signal: ctx.signal})
  try {
    const end = await awaitEnd({...watching, reading, nap, ctx}, deadline)
    return {...end, seen: reading.seen, ...(reading.trouble === undefined ? {} : {trouble: reading.trouble})}
  } finally {
    await reading.close()
  }
}

async function awaitEnd(watch: Watch, deadline: number): Promise<Pick<Watched, 'how' | 'stopped'>> {
  const {nap, reading} = watch
  const {clock, signal} = watch.ctx
  for (let wait = POLL_MS.first; ; wait = Math.min(wait * 1.5, POLL_MS.most)) {
    if (reading.isComplete) return {how: 'over'}
    if (signal.aborted) return {how: 'left'}
    if (clock.now() >= deadline) return stop(watch)
    const longest = Math.min(reading.seen.ended ? POLL_MS.ended : wait, deadline - clock.now())
    await nap.sleep(longest, clock, signal)
    if (!reading.isComplete && (await isGone(watch)) && (await hasDrained(watch))) return {how: 'over'}
  }
}

/** Not listed any more; a read that fails says nothing. */
async function isGone({app, ctx, dyno}: Watch): Promise<boolean> {
  return abortable(ctx.platform.dyno(app, dyno), ctx.signal).then(
    (found) => found === undefined,
    () => false,
  )
}

/**
 * Waits until the process of a dyno that is not listed has said its last, or must have exited; false when the signal comes or
 * the dyno is listed again.
 */
async function hasDrained(watch: Watch): Promise<boolean> {
  const {nap, reading} = watch
  const {clock, signal} = watch.ctx
  const until = clock.now() + DRAIN_MS
  while (!signal.aborted) {
    if (reading.isComplete) return true
    // A failure that Heroku names stays one; what the process wrote last may come after it.
    if (reading.seen.platform) {
      await nap.sleep(POLL_MS.ended, clock, signal)
      return true
    }

    const left = until - clock.now()
    if (left <= 0) return isGone(watch)
    await nap.sleep(Math.min(LOG_AGAIN_MS, left), clock, signal)
    if (reading.isComplete) return true
    await reading.again()
    if (!reading.isComplete && !(await isGone(watch))) return false
  }

  return false
}

async function stop(watch: Watch): Promise<Pick<Watched, 'how' | 'stopped'>> {
  const {app, dyno, nap, reading} = watch
  const {clock, platform, progress, signal} = watch.ctx
  const patience = clock.now() + STOP_MS.patience
  progress({message: `stopping ${dyno}: its time is up`})
  let asked = 0
  for (let next = 0; !signal.aborted && clock.now() < patience;) {
    if (clock.now() >= next) {
      next = clock.now() + STOP_MS.again
      const refusal: unknown = await platform.stopDyno(app, dyno).catch((error: unknown) => error)
      // It had ended by itself before anybody stopped it.
      const missing = refusal instanceof PlatformError && refusal.status === 404
      if (missing && asked === 0 && (await hasDrained(watch))) return {how: 'over'}
      asked++
    }

    await nap.sleep(POLL_MS.ended, clock, signal)
    if (reading.seen.ended) return {how: 'late', stopped: true}
    if ((await isGone(watch)) && (await hasDrained(watch))) return {how: 'late', stopped: true}
  }

  return {how: 'late', stopped: false}
}
