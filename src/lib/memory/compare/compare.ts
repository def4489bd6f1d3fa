import type {Recording} from '../types.js'
import type {Comparison, MemorySide, Release} from './types.js'

/**
 * One side: the samples in [from, to), warm-up left out (of each instance, and of the metrics API of the release at `from`).
 * JSON-able; what `ship` journals as the baseline of the running release.
 */
export function summarizeSide(
  _recording: Recording,
  _given: {label: string; version?: number; from?: number; to?: number; warmUpMs?: number},
): MemorySide {
  throw new Error('not there yet')
}

/** Before against after: a journaled baseline, two archives, or two releases. */
export function compareSides(_before: MemorySide, _after: MemorySide): Comparison {
  throw new Error('not there yet')
}

/**
 * Splits a recording at releases and compares two of them. `releases`: those of the list and of the lines together; a version in
 * both is taken once, the list's moment wins. `before`, `after`: versions; left out, the last release in the recording with samples
 * and the one before it.
 * @returns undefined when there are no two releases to compare; `versions` then says which the recording has samples of
 */
export function compareReleases(
  _recording: Recording,
  _given: {releases: Release[]; before?: number; after?: number; warmUpMs?: number},
): {comparison: Comparison} | {comparison?: undefined; versions: number[]} {
  throw new Error('not there yet')
}
