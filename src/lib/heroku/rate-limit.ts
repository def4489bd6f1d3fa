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

/** What a person is told while that wait lasts. */
export function waitWords(ms: number): string {
  return `Heroku's rate limit is reached: waiting ${Math.ceil(ms / 1000)} s`
}
