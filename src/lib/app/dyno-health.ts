import type {Dyno, ProcessType} from '../heroku/types.js'

/** Crashes seen of one dyno name on the version that is watched. */
type Crashes = {count: number; since: number; last: string}

/** What is known of the dynos of a version, poll after poll. */
export type DynoWatch = {
  /** Since when every expected dyno has been up without a change, ms; undefined while one is not. */
  upSince: number | undefined
  /** The dynos that were up then, by id: a restart in between starts the time anew. */
  ids: string
  crashes: Map<string, Crashes>
}

/** What a poll came to. */
export type DynoVerdict =
  | {state: 'crashed'; dyno: string; message: string}
  | {state: 'up'; up: number; expected: number; stableMs: number}
  | {state: 'waiting'; up: number; expected: number; waitingFor: string[]}

/** A dyno that stays crashed this long has crashed twice: the platform restarts the first crash at once (platform-facts §3.5). */
const CRASHED_FOR_GOOD_MS = 15_000

export function startWatch(): DynoWatch {
  return {upSince: undefined, ids: '', crashes: new Map()}
}

/** The names of the dynos a formation asks for: `web.1`, `worker.1`, `worker.2`. One-off and release dynos are none of it. */
export function expectedDynos(formation: ProcessType[]): string[] {
  return formation
    .filter(({type}) => type !== 'release' && type !== 'run')
    .flatMap(({quantity, type}) => Array.from({length: quantity}, (_, index) => `${type}.${index + 1}`))
}

/**
 * Judges one poll: every expected dyno must be `up` on `version` (idle counts, an Eco dyno sleeps). Crashing twice on it, or
 * staying crashed, is the end of the wait. Changes `watch`; `now` in ms; `crashes` counts those that the log tells of.
 */
export function judgeDynos(
  watch: DynoWatch,
  seen: {dynos: Dyno[]; formation: ProcessType[]; now: number; version: number; crashes(dyno: string): number},
): DynoVerdict {
  const {dynos, formation, now, version} = seen
  const expected = expectedDynos(formation)
  const byName = new Map(dynos.filter(({release}) => release >= version).map((dyno) => [dyno.name, dyno]))

  for (const name of expected) {
    const crashes = noteCrash(watch, byName.get(name), now)
    const state = byName.get(name)?.state
    // A restart between two polls hides a crash; the log does not.
    const count = Math.max(crashes?.count ?? 0, state === 'up' ? 0 : seen.crashes(name))
    if (count >= 2) return {state: 'crashed', dyno: name, message: `${name} crashed twice`}
    if (crashes && state === 'crashed' && now - crashes.since >= CRASHED_FOR_GOOD_MS) {
      return {state: 'crashed', dyno: name, message: `${name} crashed`}
    }
  }

  const waitingFor = expected.filter((name) => !['idle', 'up'].includes(byName.get(name)?.state ?? ''))
  const up = expected.length - waitingFor.length
  if (waitingFor.length > 0) {
    watch.upSince = undefined
    return {state: 'waiting', up, expected: expected.length, waitingFor}
  }

  const ids = expected.map((name) => byName.get(name)!.id).join(' ')
  if (watch.upSince === undefined || ids !== watch.ids) watch.upSince = now
  watch.ids = ids
  return {state: 'up', up, expected: expected.length, stableMs: now - watch.upSince}
}

/** Counts a crash once, however many polls see it: a restart changes the dyno's id or when it was updated. */
function noteCrash(watch: DynoWatch, dyno: Dyno | undefined, now: number): Crashes | undefined {
  if (!dyno) return undefined
  const crashes = watch.crashes.get(dyno.name)
  if (dyno.state !== 'crashed') return crashes
  const mark = `${dyno.id} ${dyno.updatedAt}`
  if (crashes?.last === mark) return crashes
  const counted = {count: (crashes?.count ?? 0) + 1, since: now, last: mark}
  watch.crashes.set(dyno.name, counted)
  return counted
}
