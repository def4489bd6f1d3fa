import {basis, WARM_UP_MS} from '../diagnose/diagnose.js'
import {assignEvents, distinct, type Happened, releasesOf} from '../diagnose/happened.js'
import {median, quantile, sorted} from '../diagnose/statistics.js'
import {highest} from '../diagnose/summary.js'
import {compareNames, type Track, tracksOf} from '../diagnose/tracks.js'
import {rounded} from '../recording.js'
import type {Recording} from '../types.js'
import {thinned} from './thin.js'
import type {MemorySide, Release, TypeSide} from './types.js'

/** A recording taken apart once, for the sides of several releases. */
export type Recorded = {recording: Recording; tracks: Track[]; happened: Happened}

export function recorded(
  recording: Recording,
  {releases, warmUpMs = WARM_UP_MS}: {releases: Release[]; warmUpMs?: number | undefined},
): Recorded {
  const {events} = distinct(recording.events)
  const moments = [...new Set([...releases, ...releasesOf(events)].map(({at}) => at))].sort((a, b) => a - b)
  const {tracks} = tracksOf(recording, {warmUpMs, releases: moments})
  return {recording, tracks, happened: assignEvents(recording, tracks, events)}
}

/** The side of what began in [from, to). */
export function sideOf(
  {happened, recording, tracks}: Recorded,
  given: {label: string; version: number | undefined; from: number | undefined; to: number | undefined},
): MemorySide {
  const {from = -Infinity, label, to = Infinity, version} = given
  const {at} = recording.samples
  const mine = tracks.filter((track) => at[track.rows[0]!]! >= from && at[track.rows[0]!]! < to)
  const names = [...new Set(mine.map(({type}) => type))].sort(compareNames)
  const moments = mine.flatMap(({rows}) => [at[rows[0]!]!, at[rows.at(-1)!]!])
  return {
    label,
    ...(version !== undefined && {version}),
    from: moments.length === 0 ? (given.from ?? 0) : Math.min(...moments),
    to: moments.length === 0 ? (given.to ?? 0) : Math.max(...moments),
    types: names.map((type) =>
      typeSide(
        type,
        recording,
        basis(
          recording,
          mine.filter((track) => track.type === type),
        ),
        happened,
      ),
    ),
  }
}

function typeSide(type: string, recording: Recording, tracks: Track[], happened: Happened): TypeSide {
  const {samples} = recording
  const series = tracks
    .map(({rows, warm}) => [...rows.subarray(warm)].map((row) => rounded(samples.total[row]!)))
    .filter((values) => values.length > 0)
  const all = sorted(series.flat())
  const events = tracks.flatMap((track) => happened.of.get(track) ?? [])
  const quotas = tracks.flatMap(({rows}) => [...rows].map((row) => samples.quota[row]!)).filter((quota) => quota > 0)
  const isDynos = tracks.some(({dyno}) => dyno !== undefined)
  return {
    type,
    sources: [...new Set(tracks.flatMap(({sources}) => sources))].sort(),
    samples: all.length,
    warmUp: tracks.reduce((sum, {warm}) => sum + warm, 0),
    dynos: isDynos ? series.length : 0,
    minutes: minutesOf(recording, tracks),
    median: rounded(median(all)) || 0,
    p95: rounded(quantile(all, 0.95)) || 0,
    peak: rounded(Math.max(0, ...tracks.map((track) => highest(recording, track)))),
    instances: isDynos ? [...sorted(series.map((values) => rounded(median(sorted(values)))))] : [],
    thinned: thinned(series).map((value) => rounded(value)),
    r14: events.filter(({kind}) => kind === 'R14').length,
    r15: events.filter(({kind}) => kind === 'R15').length,
    ...(quotas.length > 0 && {quota: rounded(quotas.at(-1)!)}),
  }
}

/** From the first to the last sample after the warm-up. */
function minutesOf({samples}: Recording, tracks: Track[]): number {
  const moments = tracks
    .filter(({rows, warm}) => warm < rows.length)
    .flatMap(({rows, warm}) => [samples.at[rows[warm]!]!, samples.at[rows.at(-1)!]!])
  return moments.length === 0 ? 0 : rounded((Math.max(...moments) - Math.min(...moments)) / 60_000)
}
