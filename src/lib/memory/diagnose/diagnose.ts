import type {Diagnosis, Recording} from '../types.js'

/** The first minutes of an instance, ms, that say nothing of what it needs: caches and code are loaded. */
export const WARM_UP_MS = 5 * 60_000

/**
 * What the samples come to, per type and per instance. `quotas`: MiB by process type, of the dyno sizes the app runs, for lines
 * without a quota; a quota is never guessed. `from`, `to`: only samples and events in [from, to), ms since 1970.
 */
export function diagnose(
  _recording: Recording,
  _given: {quotas?: Record<string, number>; warmUpMs?: number; from?: number; to?: number} = {},
): Diagnosis {
  throw new Error('not there yet')
}
