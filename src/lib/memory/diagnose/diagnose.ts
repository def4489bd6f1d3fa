import {rounded} from '../recording.js'
import type {Diagnosis, InstanceDiagnosis, Recording, TypeDiagnosis} from '../types.js'
import {typeOfDyno} from '../parse/dyno.js'
import {assignEvents, distinct, type Happened, releasesOf} from './happened.js'
import {highest, summary} from './summary.js'
import {compareNames, type Track, tracksOf} from './tracks.js'

/** The first minutes of an instance, ms, that say nothing of what it needs: caches and code are loaded. */
export const WARM_UP_MS = 5 * 60_000

/** What a diagnosis may be told. */
export type DiagnoseOptions = {
  /** MiB by process type, of the dyno sizes the app runs, for lines without a quota: a quota is never guessed. */
  quotas?: Record<string, number>
  warmUpMs?: number
  /** Only samples and events in [from, to), ms since 1970. */
  from?: number
  to?: number
}

/**
 * What the samples come to, per type and per instance. The warm-up of an instance is left out where its start is known: from state
 * changes and exits, or because others were seen shortly before its first sample; what runs as the recording begins is taken to be
 * warm. A type's numbers are of its dynos' samples, or of the metrics API's where these span more time: never of both.
 */
export function diagnose(recording: Recording, options: DiagnoseOptions = {}): Diagnosis {
  const {from = -Infinity, quotas = {}, to = Infinity, warmUpMs = WARM_UP_MS} = options
  const {events, repeated: repeatedEvents} = distinct(recording.events)
  const releases = releasesOf(events)
  const {tracks, repeated} = tracksOf(recording, {warmUpMs, releases: releases.map(({at}) => at), from, to})
  const within = events.filter(({at}) => at >= from && at < to)
  const happened = assignEvents(recording, tracks, within)
  const instances = tracks.filter(({dyno}) => dyno !== undefined)
  const silent = [...happened.silent].map(([dyno, what]): InstanceDiagnosis => ({
    type: typeOfDyno(dyno)!,
    dyno,
    sources: [],
    ...summary(recording, [], what, quotas[typeOfDyno(dyno)!]),
  }))
  const counts = {...recording.counts, repeated: recording.counts.repeated + repeated + repeatedEvents}
  return {
    ...(recording.span && {span: {...recording.span}}),
    counts,
    types: typesOf(recording, tracks, happened, quotas),
    instances: [...instances.map((track) => instanceSummary(recording, track, happened, quotas)), ...silent].sort(
      (a, b) =>
        compareNames(a.type, b.type) || compareNames(a.dyno ?? '', b.dyno ?? '') || (a.from ?? 0) - (b.from ?? 0),
    ),
    releases: releases.filter(({at}) => at >= from && at < to),
    notes: [...recording.notes].sort(),
  }
}

type Quotas = Record<string, number>

function instanceSummary(recording: Recording, track: Track, happened: Happened, quotas: Quotas): InstanceDiagnosis {
  const {dyno, sources, type, uuid} = track
  return {
    type,
    ...(dyno !== undefined && {dyno}),
    ...(uuid !== undefined && {uuid}),
    sources,
    ...summary(recording, [track], happened.of.get(track) ?? [], quotas[type]),
  }
}

function typesOf(recording: Recording, tracks: Track[], happened: Happened, quotas: Quotas): TypeDiagnosis[] {
  const silent = [...happened.silent.keys()].map((dyno) => typeOfDyno(dyno)!)
  const names = [...new Set([...tracks.map(({type}) => type), ...silent])].sort(compareNames)
  return names.map((type) => {
    const all = tracks.filter((track) => track.type === type)
    const told = basis(recording, all)
    const what = [
      ...all.flatMap((track) => happened.of.get(track) ?? []),
      ...[...happened.silent].filter(([dyno]) => typeOfDyno(dyno) === type).flatMap(([, each]) => each),
    ]
    const dynos = all.filter(({dyno}) => dyno !== undefined).length
    const sources = [...new Set(told.flatMap((track) => track.sources))].sort()
    const own = summary(recording, told, what, quotas[type])
    // The highest is the highest, whoever saw it.
    const peak = Math.max(own.peak ?? 0, ...all.map((track) => highest(recording, track)))
    const headroom = own.quota === undefined || peak === 0 ? {} : {headroom: rounded(own.quota - peak)}
    return {type, sources, dynos, ...own, ...(peak > 0 && {peak: rounded(peak)}), ...headroom}
  })
}

/** The tracks that a type's numbers are of: its dynos', or the metrics API's where these span more time. */
export function basis({samples}: Recording, tracks: Track[]): Track[] {
  const span = (some: Track[]) =>
    some.length === 0
      ? 0
      : Math.max(...some.map(({rows}) => samples.at[rows.at(-1)!]!)) -
        Math.min(...some.map(({rows}) => samples.at[rows[0]!]!))
  const metrics = tracks.filter(({dyno}) => dyno === undefined)
  const dynos = tracks.filter(({dyno}) => dyno !== undefined)
  return dynos.length === 0 || span(metrics) > span(dynos) ? metrics : dynos
}
