import type {Advice, Diagnosis, Summary} from '../types.js'
import {dollars, mb, perHour, percent} from './numbers.js'

export const HEADINGS = [
  '',
  'samples',
  'baseline',
  'p95',
  'peak',
  'swap',
  'growth',
  'quota',
  'peak/quota',
  'R14',
  'R15',
  'killed',
]

/** What the columns of `HEADINGS` say of a type or a dyno. */
export function cellsOf(name: string, summary: Summary | undefined): string[] {
  if (!summary) return [name, ...HEADINGS.slice(1).map(() => '')]
  const {baseline, growth, oomKills, p95, peak, quota, r14, r15, samples, swap} = summary
  return [
    name,
    samples.toLocaleString('en-US'),
    baseline === undefined && summary.onlyWarmUp ? 'warm-up' : mb(baseline),
    mb(p95),
    mb(peak),
    swap ? mb(swap) : '–',
    // Of less than an hour, growth is what noise looks like.
    perHour(growth && growth.hours >= 1 ? growth.perHour : undefined),
    mb(quota),
    percent(peak === undefined || !quota ? undefined : peak / quota),
    String(r14.count),
    String(r15.count),
    String(oomKills.count),
  ]
}

/** So many dynos of a type have a row: an archive of weeks has hundreds of instances. */
const MOST_DYNOS = 10

/** A row of the table; without `summary` it says what has none. */
export type Row = {name: string; dyno: boolean; summary?: Summary}

/**
 * The rows of types, each with its dynos below it: a dyno that restarted has a row for each of its instances. Of many those that
 * used most.
 */
export function rowsOf({instances, types}: Diagnosis): Row[] {
  return types.flatMap((type): Row[] => {
    const all = instances.filter((one) => one.type === type.type && one.dyno !== undefined)
    const peaks = new Set([...all].sort((a, b) => (b.peak ?? 0) - (a.peak ?? 0)).slice(0, MOST_DYNOS))
    const dynos = all.filter((one) => peaks.has(one))
    const more = all.length - dynos.length
    const times = new Map<string, number>()
    for (const {dyno} of dynos) times.set(dyno!, (times.get(dyno!) ?? 0) + 1)
    return [
      {name: type.type, summary: type, dyno: false},
      ...dynos.map((one) => {
        const again = (times.get(one.dyno!) ?? 0) > 1 && one.uuid
        return {name: again ? `${one.dyno} ${one.uuid!.slice(0, 8)}` : one.dyno!, summary: one, dyno: true}
      }),
      ...(more > 0 ? [{name: `… ${more} more that used less`, dyno: true}] : []),
    ]
  })
}

/** What is suspicious about the growth of a type, as a sentence; undefined when nothing is. */
export function leakWords(type: string, {growth}: Summary): string | undefined {
  if (!growth?.suspected) return undefined
  const {hours, perHour: slope, relative} = growth
  return `${type}: grows by ${perHour(slope)} (${percent(relative, {signed: true})} in ${hours.toFixed(1)} h, still growing): a leak is suspected`
}

/** An advice as a sentence without a full stop. */
export function adviceWords({advised, needed, size, type, verdict}: Advice): string {
  const priced = (one: {name: string; cents?: number} | undefined): string =>
    one === undefined ? 'its size' : `${one.name}${one.cents ? ` (${dollars(one.cents)} a month)` : ''}`
  const headroom = needed === undefined ? '' : `; needs ${mb(needed)} with 20 % headroom`
  switch (verdict) {
    case 'fits':
      return `${type}: fits ${priced(size)}${headroom}`
    case 'smaller':
      return `${type}: would fit ${priced(advised)} instead of ${priced(size)}${headroom}`
    case 'bigger':
      return `${type}: should move up from ${priced(size)} to ${priced(advised)}${headroom}`
    case 'nothing-fits':
      return `${type}: no dyno size holds it${headroom}`
    case 'unknown':
      return `${type}: there is no advice`
  }
}
