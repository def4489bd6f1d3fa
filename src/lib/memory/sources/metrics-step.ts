import type {MetricsStep} from '../../heroku/metrics-types.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How far back each width of bucket reaches, as the Dashboard has it (platform-facts §8.7). */
const REACH: Array<{step: MetricsStep; stepMs: number; reachMs: number}> = [
  {step: '1m', stepMs: MINUTE, reachMs: 2 * HOUR},
  {step: '10m', stepMs: 10 * MINUTE, reachMs: 24 * HOUR},
  {step: '1h', stepMs: HOUR, reachMs: 72 * HOUR},
  {step: '2h', stepMs: 2 * HOUR, reachMs: 7 * 24 * HOUR},
]

/**
 * The finest buckets of the metrics host that reach back so far, ms; the widest when none does. Basic dynos have 10 minutes and
 * 24 hours only, Eco dynos nothing (platform-facts §8.7).
 */
export function chooseStep(backMs: number, size: string): (typeof REACH)[number] | undefined {
  if (/^eco$/i.test(size)) return undefined
  const steps = /^basic$/i.test(size) ? REACH.filter(({step}) => step === '10m') : REACH
  return steps.find(({reachMs}) => reachMs >= backMs) ?? steps.at(-1)
}
