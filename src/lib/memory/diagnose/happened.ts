import {typeOfDyno} from '../parse/dyno.js'
import type {MemoryEvent, Recording} from '../types.js'
import type {Track} from './tracks.js'

/** Events by whom they happened to. Exits are there only if they are OOM kills. */
export type Happened = {
  of: Map<Track, MemoryEvent[]>
  /** By name: dynos that have no samples. */
  silent: Map<string, MemoryEvent[]>
}

/** How long before a kill its R15 is logged at most; it is seconds. */
const KILL_MS = 5 * 60_000

/** In order of time, each once. */
export function distinct(events: readonly MemoryEvent[]): {events: MemoryEvent[]; repeated: number} {
  const byText = new Map(events.map((event) => [JSON.stringify(Object.entries(event).sort()), event]))
  const inOrder = [...byText].sort(([a, {at: one}], [b, {at: other}]) => one - other || (a < b ? -1 : 1))
  return {events: inOrder.map(([, event]) => event), repeated: events.length - byText.size}
}

/** Each version once, at its first moment, in order of time. */
export function releasesOf(events: readonly MemoryEvent[]): Array<{at: number; version: number}> {
  const releases = new Map<number, {at: number; version: number}>()
  for (const event of events) {
    if (event.kind === 'release' && !releases.has(event.version)) {
      releases.set(event.version, {at: event.at, version: event.version})
    }
  }
  return [...releases.values()]
}

/**
 * Which instance each event is about: of the dyno's the last that had begun.
 * @param events as `distinct` gives them
 */
export function assignEvents(recording: Recording, tracks: Track[], events: MemoryEvent[]): Happened {
  const {at} = recording.samples
  const begin = (track: Track) => track.began ?? at[track.rows[0]!]!
  const ofDyno = new Map<string, Track[]>()
  for (const track of tracks) {
    if (track.dyno !== undefined) ofDyno.set(track.dyno, [...(ofDyno.get(track.dyno) ?? []), track])
  }
  for (const some of ofDyno.values()) some.sort((a, b) => begin(a) - begin(b))
  const happened: Happened = {of: new Map(), silent: new Map()}
  const add = <K>(map: Map<K, MemoryEvent[]>, key: K, event: MemoryEvent): void => {
    const list = map.get(key)
    if (list) list.push(event)
    else map.set(key, [event])
  }
  for (const event of memoryOnly(events)) {
    const some = ofDyno.get(event.dyno)
    if (some) add(happened.of, some.findLast((track) => begin(track) <= event.at) ?? some[0]!, event)
    else if (typeOfDyno(event.dyno)) add(happened.silent, event.dyno, event)
  }
  return happened
}

type OfDyno = Exclude<MemoryEvent, {kind: 'release'}>

/** R14, R15, `mem=`, and of the exits those with status 137 after an R15 (platform-facts §8.4). */
function memoryOnly(events: MemoryEvent[]): OfDyno[] {
  const exceeded = new Map<string, number>()
  return events.filter((event): event is OfDyno => {
    if (event.kind === 'release' || event.kind === 'state') return false
    if (event.kind === 'R15') exceeded.set(event.dyno, event.at)
    if (event.kind !== 'exit') return true
    const since = exceeded.get(event.dyno)
    exceeded.delete(event.dyno)
    return event.status === 137 && since !== undefined && event.at - since <= KILL_MS
  })
}
