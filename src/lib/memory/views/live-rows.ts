import {type Live, SHOWN_MS} from '../command/live.js'
import type {Recording, Span} from '../types.js'
import {bridged, bucketAt, seriesOf} from './series.js'

/** A dyno as it is now. MiB; `series`: the last hour, null where nothing is known; `r14`: parts of it in which there was one. */
export type LiveRow = {
  dyno: string
  total?: number
  peak?: number
  quota?: number
  /** When it was measured last, ms. */
  at?: number
  state?: string
  series: Array<number | null>
  /** So many parts at the beginning are of all dynos of its type, not of this one. */
  ofType: number
  r14: Set<number>
  r14s: number
  r15s: number
}

/** The dynos that the formation wants and those that the log tells of. */
export function liveNames({facts, recording}: Live): string[] {
  const wanted = facts.formation.flatMap(({quantity, type}) =>
    Array.from({length: Math.min(quantity, 200)}, (_, index) => `${type}.${index + 1}`),
  )
  return [...new Set([...wanted, ...recording.instances.flatMap(({dyno}) => dyno ?? [])])]
}

/** One row a dyno. `buckets`: parts of the last hour. */
export function liveRows(live: Live, buckets: number): LiveRow[] {
  const {facts, history, now, quotas, recording} = live
  const latest = latestOf(recording)
  const span = {from: now - SHOWN_MS, to: now}
  const single = new Set(facts.formation.filter(({quantity}) => quantity === 1).map(({type}) => type))
  return liveNames(live).map((dyno) => {
    const type = dyno.split('.')[0]!
    const last = latest.get(dyno)
    const quota = last?.quota ?? quotas[type]
    const own = bridged(seriesOf(recording, {type, dyno, span, buckets}))
    const first = own.findIndex((value) => value !== null)
    const begins = first === -1 ? buckets : first
    const before = bridged(seriesOf(history, {type, span, buckets}))
    const series = own.map((value, index) => (index < begins ? (before[index] ?? null) : value))
    const known = series.filter((value) => value !== null)
    return {
      dyno,
      ...(last ? {total: last.total, at: last.at} : {}),
      ...(known.length > 0 ? {peak: Math.max(...known)} : {}),
      ...(quota === undefined ? {} : {quota}),
      ...eventsOf(recording, dyno, span, buckets),
      series,
      // The metrics host knows no dynos: where there is but one, what it says of the type is the dyno's own.
      ofType: single.has(type) ? 0 : begins,
    }
  })
}

type Latest = {at: number; total: number; quota?: number}

function latestOf({instances, samples}: Recording): Map<string, Latest> {
  const latest = new Map<string, Latest>()
  for (let row = 0; row < samples.length; row += 1) {
    const dyno = instances[samples.instance[row]!]?.dyno
    const at = samples.at[row]!
    if (dyno === undefined || at < (latest.get(dyno)?.at ?? -Infinity)) continue
    const quota = samples.quota[row]!
    latest.set(dyno, {at, total: samples.total[row]!, ...(Number.isNaN(quota) ? {} : {quota})})
  }

  return latest
}

function eventsOf({events}: Recording, dyno: string, span: Span, buckets: number) {
  const own = events.filter((event) => 'dyno' in event && event.dyno === dyno).sort((a, b) => a.at - b.at)
  const errors = own.filter(({kind}) => kind === 'R14' || kind === 'R15')
  const state = own.findLast((event) => event.kind === 'state')
  return {
    ...(state?.kind === 'state' ? {state: state.to} : {}),
    r14: new Set(errors.flatMap(({at}) => bucketAt(at, span, buckets) ?? [])),
    r14s: errors.filter(({kind}) => kind === 'R14').length,
    r15s: errors.filter(({kind}) => kind === 'R15').length,
  }
}
