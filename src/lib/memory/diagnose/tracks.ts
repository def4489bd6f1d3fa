import type {Instance, MemoryEvent, Recording, SampleColumns, Source} from '../types.js'
import {bootsOf} from './boots.js'

/** The samples of one dyno from its start to its end, or, of the metrics API, of a type between two releases. */
export type Track = {
  type: string
  dyno?: string
  uuid?: string
  sources: Source[]
  /** Rows of the recording, by time, each moment once. */
  rows: Uint32Array
  /** When it started, if anything says so, ms since 1970. */
  began?: number
  /** Of `rows`, the first after the warm-up. */
  warm: number
}

export type TrackOptions = {
  warmUpMs: number
  /** Moments of releases, sorted: what has no instances ends and begins there. */
  releases: number[]
  from?: number | undefined
  to?: number | undefined
}

/** Somebody else's sample or event so long before an instance's first shows that it was not there before, ms. */
const SEEN_BEFORE = {least: 25_000, most: 180_000}

/** The samples in [from, to) by instance, and how many rows said what another had said. */
export function tracksOf(recording: Recording, options: TrackOptions): {tracks: Track[]; repeated: number} {
  const {from = -Infinity, to = Infinity} = options
  const {samples} = recording
  const groups = groupsOf(recording)
  const boots = bootsOf(recording.events)
  const seen = momentsOfLogs(recording)
  const tracks: Track[] = []
  let repeated = 0
  for (const group of groups.values()) {
    const all = inOrder(samples, group.rows)
    repeated += group.rows.length - all.length
    const {dyno, source, type, uuid} = group.instance
    const cuts =
      uuid === undefined
        ? [...options.releases, ...(dyno === undefined ? [] : (boots.get(dyno) ?? []))].sort(ascending)
        : []
    for (const part of split(samples.at, all, cuts)) {
      const first = samples.at[part[0]!]!
      const began =
        source === 'metrics'
          ? lastUpTo(options.releases, first)
          : (boot(boots.get(dyno ?? ''), first) ?? unseen(seen, first))
      const rows = part.filter((row) => samples.at[row]! >= from && samples.at[row]! < to)
      if (rows.length === 0) continue
      const track: Track = {type, sources: [...group.sources].sort(), rows, warm: 0}
      if (dyno !== undefined) track.dyno = dyno
      if (uuid !== undefined) track.uuid = uuid
      if (began !== undefined) {
        track.began = began
        const warm = rows.findIndex((row) => samples.at[row]! >= began + options.warmUpMs)
        track.warm = warm === -1 ? rows.length : warm
      }
      tracks.push(track)
    }
  }
  return {tracks: tracks.sort(byNameThenTime(samples.at)), repeated}
}

type Group = {instance: Instance; sources: Set<Source>; rows: Uint32Array}

/** One instance may stand in several sources: an archive and a log session. What the metrics API says stays by itself. */
function groupsOf({instances, samples}: Recording): Map<string, Group> {
  const groups = new Map<string, {instance: Instance; sources: Set<Source>; count: number; rows: Uint32Array}>()
  const ofInstance = instances.map((instance) => {
    const {dyno, source, type, uuid} = instance
    const key = `${source === 'metrics'} ${type} ${dyno ?? ''} ${uuid ?? ''}`
    const group = groups.get(key) ?? {instance, sources: new Set(), count: 0, rows: new Uint32Array()}
    groups.set(key, group)
    return group
  })
  for (let row = 0; row < samples.length; row++) ofInstance[samples.instance[row]!]!.count++
  for (const group of groups.values()) {
    group.rows = new Uint32Array(group.count)
    group.count = 0
  }
  for (let row = 0; row < samples.length; row++) {
    const number = samples.instance[row]!
    const group = ofInstance[number]!
    group.sources.add(instances[number]!.source)
    group.rows[group.count++] = row
  }
  return groups
}

/** By time; of two at the same moment one is left, in whatever order they came: nearly always it is the same line twice. */
function inOrder({at, quota, total}: SampleColumns, rows: Uint32Array): Uint32Array {
  let isSorted = true
  for (let index = 1; index < rows.length && isSorted; index++) isSorted = at[rows[index]!]! > at[rows[index - 1]!]!
  if (isSorted) return rows
  return rows
    .sort((a, b) => at[a]! - at[b]! || total[a]! - total[b]! || quota[a]! - quota[b]!)
    .filter((row, index, all) => index === 0 || at[row] !== at[all[index - 1]!])
}

function split(at: Float64Array, rows: Uint32Array, cuts: number[]): Uint32Array[] {
  const parts: Uint32Array[] = []
  let from = 0
  for (const cut of [...cuts, Infinity]) {
    let to = from
    while (to < rows.length && at[rows[to]!]! < cut) to++
    if (to > from) parts.push(rows.subarray(from, to))
    from = to
  }
  return parts
}

/** A dyno's first sample comes within minutes of its start. */
function boot(boots: number[] | undefined, first: number): number | undefined {
  const at = lastUpTo(boots ?? [], first)
  return at !== undefined && at >= first - 600_000 ? at : undefined
}

function unseen(seen: Float64Array, first: number): number | undefined {
  const at = lastUpTo(seen, first - SEEN_BEFORE.least)
  return at !== undefined && at >= first - SEEN_BEFORE.most ? first : undefined
}

function momentsOfLogs({events, instances, samples}: Recording): Float64Array {
  const moments = new Float64Array(samples.length + events.length)
  let length = 0
  for (let row = 0; row < samples.length; row++) {
    if (instances[samples.instance[row]!]!.source !== 'metrics') moments[length++] = samples.at[row]!
  }
  for (const event of events as MemoryEvent[]) if (event.kind !== 'release') moments[length++] = event.at
  return moments.subarray(0, length).sort()
}

/** The last of sorted moments that is not after another. */
function lastUpTo(moments: ArrayLike<number>, at: number): number | undefined {
  let low = 0
  let high = moments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (moments[middle]! <= at) low = middle + 1
    else high = middle
  }
  return moments[low - 1]
}

const ascending = (a: number, b: number): number => a - b

const byNameThenTime =
  (at: Float64Array) =>
  (a: Track, b: Track): number =>
    compareNames(a.type, b.type) ||
    compareNames(a.dyno ?? '', b.dyno ?? '') ||
    at[a.rows[0]!]! - at[b.rows[0]!]! ||
    compareNames(a.uuid ?? '', b.uuid ?? '')

/** `web.2` before `web.10`. */
export const compareNames = (a: string, b: string): number => a.localeCompare(b, 'en', {numeric: true})
