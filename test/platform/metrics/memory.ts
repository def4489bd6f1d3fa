import {dynoSizes} from '../formation/sizes.js'
import type {ReleaseState} from '../state/types.js'
import type {Buckets} from './buckets.js'

/**
 * Memory of one process type in MiB, rss and swap together: a function of the time, of the release that ran then and, in a log,
 * of the dyno; or one sample a minute of which the last one is the newest. null = nothing is known of that minute.
 */
export type MemoryCurve = Array<number | null> | ((at: Date, of: CurveOf) => number | null)
export type CurveOf = {release: number; dyno?: string}

/** Names and units of the metrics host: bytes, over all dynos of the type (platform-facts §8.7, heroku-sdk). */
export type MemoryData = Record<string, Array<number | null>>

const minute = 60_000
const mib = 1024 * 1024

/** One value for each bucket; null where no sample of it is known. */
export function memoryData(
  curve: MemoryCurve,
  size: string,
  {bucketMs, starts}: Buckets,
  now: number,
  releases: ReleaseState[] = [],
): MemoryData {
  const quota = (dynoSizes.find(([name]) => name === size)?.[1] ?? 0.5) * 1024
  const samples = starts.map((start) => samplesOf(curve, start, Math.min(start + bucketMs, now), now, releases))
  const column = (pick: (used: number[]) => number) => samples.map((used) => (used.length > 0 ? pick(used) : null))
  const bytes = (pick: (used: number[]) => number) => column((used) => Math.round(pick(used) * mib))
  // What is over the quota is in swap (platform-facts §8.3); how a real dyno divides it, its kernel knows.
  const rss = (used: number[]) => Math.min(quota, Math.max(...used))
  return {
    'memory.pages.in.max': column(() => 0),
    'memory.pages.in.mean': column(() => 0),
    'memory.pages.out.max': column(() => 0),
    'memory.pages.out.mean': column(() => 0),
    'memory.quota.bytes.max': bytes(() => quota),
    'memory.rss.bytes.max': bytes(rss),
    'memory.swap-plus-rss.bytes.max': bytes((used) => Math.max(...used)),
    'memory.swap-plus-rss.bytes.mean': bytes(mean),
    'memory.swap.bytes.max': bytes((used) => Math.max(...used) - rss(used)),
    'memory.total.bytes.max': bytes((used) => Math.max(...used)),
    'memory.used.bytes.mean': bytes(mean),
  }
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** One a minute from `start` on, before `end`. */
function samplesOf(curve: MemoryCurve, start: number, end: number, now: number, releases: ReleaseState[]): number[] {
  const found: number[] = []
  for (let at = start; at < end; at += minute) {
    const value = valueOf(curve, new Date(at), {release: releaseAt(releases, at)}, now)
    if (value !== null && value !== undefined) found.push(value)
  }

  return found
}

/** What a curve says of one moment. */
export function valueOf(curve: MemoryCurve, at: Date, of: CurveOf, now = Date.now()): number | null {
  if (typeof curve === 'function') return curve(at, of)
  return curve.at(newestIndex(curve.length, at.getTime(), now)) ?? null
}

/** Version of the release that ran at that time; 0 before the first. */
const releaseAt = (releases: ReleaseState[], at: number): number =>
  releases.findLast(({createdAt, status}) => status === 'succeeded' && Date.parse(createdAt) <= at)?.version ?? 0

/** Index of the minute of `at`, when the last one is the minute of `now`; one past the end when there is none. */
function newestIndex(length: number, at: number, now: number): number {
  const index = length - 1 - (Math.floor(now / minute) - Math.floor(at / minute))
  return index < 0 ? length : index
}
