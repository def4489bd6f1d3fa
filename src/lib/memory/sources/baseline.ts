import type {MetricsApi} from '../../heroku/metrics-types.js'
import type {ProcessType} from '../../heroku/types.js'
import type {Clock} from '../../run/clock.js'
import {summarizeSide} from '../compare/compare.js'
import type {MemorySide} from '../types.js'
import {readMetrics} from './metrics.js'

/** Nobody waits longer for it, ms; nor does a request outlive it, which would keep the process from ending. */
export const PATIENCE_MS = 3000
/** The finest buckets reach so far back, less what two clocks may differ (platform-facts §8.7). */
const REACH_MS = 2 * 60 * 60_000 - 5 * 60_000

/** The release that runs. `releasedAt` is ISO 8601. */
export type Running = {appId: string; app: string; version: number; releasedAt: string; formation: ProcessType[]}

/**
 * What the memory of the running release is, from the metrics host: the left side of a comparison with the next one. Never
 * rejects, and gives up after 3 s; undefined when nothing is known.
 * @param open the metrics host, for as long as the signal lets it
 */
export async function readBaseline(
  open: (signal: AbortSignal) => MetricsApi,
  {app, appId, formation, releasedAt, version}: Running,
  {clock, signal}: {clock: Clock; signal: AbortSignal},
): Promise<MemorySide | undefined> {
  const types = formation.filter(({quantity}) => quantity > 0)
  const released = Date.parse(releasedAt)
  const now = clock.now()
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    const wish = {app, appId, types, from: Math.max(released, now - REACH_MS)}
    const {recording} = await readMetrics({clock, metrics: open(within)}, wish)
    const side = summarizeSide(recording, {label: `v${version}`, version, from: released, to: now})
    return side.types.some(({samples}) => samples > 0) ? side : undefined
  } catch {
    // Nothing of a ship hangs on it.
    return undefined
  }
}
