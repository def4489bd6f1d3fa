import type {LogLine} from '../heroku/types.js'
import type {StepContext} from '../run/step.js'

/** `GET /dynos` may be behind the log by a moment. */
const SOON_MS = 200

/** What the log tells of dynos that change their state: sooner than the next poll, and for nothing. A help, never a proof. */
export type DynoNews = {
  note(line: LogLine): void
  /** How many changes it has told of. */
  count(): number
  /** Whether there is a log: it has told of anything at all. */
  speaks(): boolean
  /** Whether all of these are up, by the log. */
  areUp(names: string[]): boolean
  /**
   * Waits `ms`, less when the log has told more than `after` changes by then: that one of these dynos crashed, or that the last
   * of them is up. @throws the signal's reason
   */
  sleep(
    ms: number,
    waiting: {after: number; names: string[]},
    ctx: Pick<StepContext, 'clock' | 'signal'>,
  ): Promise<void>
}

/** Reads lines as platform-facts §3.5 has them. */
export function takeDynoNews(): DynoNews {
  const states = new Map<string, {to: string; number: number}>()
  let count = 0
  let speaks = false
  let look: (() => void) | undefined

  const areUp = (names: string[]): boolean => names.every((name) => states.get(name)?.to === 'up')
  const isWorthALook = (after: number, names: string[]): boolean => {
    const since = names.flatMap((name) => states.get(name) ?? []).filter(({number}) => number > after)
    return since.some(({to}) => to === 'crashed') || (since.length > 0 && areUp(names))
  }

  return {
    note({dyno, source, text}) {
      speaks = true
      const [, to] = (source === 'heroku' && /^State changed from \w+ to (\w+)/.exec(text)) || []
      if (!to) return
      count += 1
      states.set(dyno, {to, number: count})
      look?.()
    },
    count: () => count,
    speaks: () => speaks,
    areUp,
    async sleep(ms, {after, names}, {clock, signal}) {
      if (isWorthALook(after, names)) return clock.sleep(Math.min(ms, SOON_MS), signal)
      const woken = new AbortController()
      look = () => {
        if (isWorthALook(after, names)) woken.abort()
      }

      await clock.sleep(ms, AbortSignal.any([signal, woken.signal])).catch(() => {})
      look = undefined
      signal.throwIfAborted()
    },
  }
}
