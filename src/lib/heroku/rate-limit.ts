import type {Clock} from '../run/clock.js'
import type {Asked} from './errors.js'

/** Heroku names no time (platform-facts §9.2: no Retry-After seen); the budget refills by 75 calls a minute. */
const WAITS_MS = [5000, 10_000, 20_000, 30_000]
/** A token that other jobs drain too is worth this much patience, no more. */
export const RATE_LIMIT_PATIENCE_MS = 5 * 60_000

/** How long to wait after the nth (from 0) 429 in a row: as told by `Retry-After` (seconds or a date), else ever longer. */
export function rateLimitWait(retryAfter: string | undefined, attempt: number, now: number): number {
  const seconds = Number(retryAfter)
  if (retryAfter && Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = retryAfter ? Date.parse(retryAfter) : Number.NaN
  if (!Number.isNaN(date)) return Math.max(0, date - now)
  return WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]!
}

/** Waits that end within so many ms of each other are one to a person. */
const SAME_MS = 1000

/** Tells of waits; when several calls wait at a time, of one of them. */
export function tellWaits(
  onWait: ((text: string) => void) | undefined,
  clock: Clock,
): (text: string, ms: number) => void {
  let told = Number.NEGATIVE_INFINITY
  return (text, ms) => {
    const end = clock.now() + ms
    if (end <= told + SAME_MS) return
    told = end
    onWait?.(text)
  }
}

/** What a person is told while a wait lasts; `remaining`: calls left, when the answer told. */
export function waitWords(ms: number, remaining: number | undefined, {method, path}: Asked): string {
  const left = remaining === undefined ? '' : `${remaining} calls are left, `
  const what = method === 'GET' ? `read ${path}` : `${method} ${path}`
  return `Heroku's rate limit is reached (${left}4500 come an hour, 75 a minute): waiting ${Math.ceil(ms / 1000)} s to ${what}`
}
