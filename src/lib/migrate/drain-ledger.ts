import type {Dyno, LogLine} from '../heroku/types.js'
import {typeOfDyno} from './drain-names.js'

/** How long a process may outlive the dyno it belonged to: SIGTERM, 30 s, SIGKILL (platform-facts §3.5); 5 s for its line. */
export const EXIT_MS = 35_000
/** The API tells times in whole seconds, the log in microseconds. */
const SECOND_MS = 1000

/** What the log says of one dyno name; more than one process of it may run at a time (platform-facts §3.5). */
type Entry = {
  standing: 'ended' | 'running' | 'unknown'
  /** Processes that have been told to end and whose exit has not been told. */
  owed: number
  /** An exit came whose cause has not been told yet: a crash is told in either order. */
  early: boolean
  /** When the newest process was taken away or crashed, by the platform's clock. */
  endedAt: number
  killed: boolean
  /** How often SIGTERM was told of. */
  told: number
}

/** Who set a type to what, as `app[api]` tells it (platform-facts §8.5). */
export type Scaling = {quantity: number; by: string}

/** What a log, back-fill included, tells of processes that end: absence from `GET /dynos` does not mean that one has. */
export type DrainLedger = {
  note(line: LogLine): void
  /** Proven by the log: the process of this dyno, as it was listed, has exited, and so have those before it. */
  hasExited(dyno: Pick<Dyno, 'createdAt' | 'name'>): boolean
  /** Dynos of these types that the log knows to run still, listed or not. */
  running(types: string[]): string[]
  /** How often processes of these types have been told to end; the 30 s that they have count from there. */
  terminations(types: string[]): number
  /** The newest scaling of a type, and the newest to more than nothing. */
  scaling(type: string): Scaling | undefined
  scaledUp(type: string): Scaling | undefined
  /** Those that did not end by themselves in the time that SIGTERM gives: R12 or 137. */
  killed(): string[]
}

export function openLedger(): DrainLedger {
  const entries = new Map<string, Entry>()
  const latest = new Map<string, Scaling>()
  const latestUp = new Map<string, Scaling>()
  /** No line is missing since this moment of the platform's clock. */
  let reach: number | undefined

  const entryOf = (name: string): Entry => {
    const entry = entries.get(name) ?? {standing: 'unknown', owed: 0, early: false, endedAt: 0, killed: false, told: 0}
    entries.set(name, entry)
    return entry
  }

  return {
    note(line) {
      if (line.gap) {
        reach = undefined
        for (const entry of entries.values()) Object.assign(entry, {standing: 'unknown', early: false})
        return
      }

      const at = Date.parse(line.at)
      if (!Number.isNaN(at)) reach ??= at
      if (line.source === 'app' && line.dyno === 'api') return noteScaling(line.text, latest, latestUp)
      if (line.source === 'heroku' && typeOfDyno(line.dyno)) noteProcess(line.text, at, () => entryOf(line.dyno))
    },
    hasExited({createdAt, name}) {
      const entry = entries.get(name)
      const created = Date.parse(createdAt)
      if (!entry || entry.standing !== 'ended' || entry.owed > 0 || entry.endedAt < created) return false
      // One that replaced another a moment ago: unless the log reaches back to that, the other may be owed as well.
      return (reach !== undefined && reach < created + SECOND_MS) || entry.endedAt - created > EXIT_MS
    },
    running: (types) =>
      [...entries]
        .filter(([name, {owed, standing}]) => types.includes(typeOfDyno(name)!) && (owed > 0 || standing === 'running'))
        .map(([name]) => name),
    terminations: (types) =>
      [...entries].reduce((sum, [name, {told}]) => sum + (types.includes(typeOfDyno(name)!) ? told : 0), 0),
    scaling: (type) => latest.get(type),
    scaledUp: (type) => latestUp.get(type),
    killed: () => [...entries].filter(([, {killed}]) => killed).map(([name]) => name),
  }
}

/** Lines as platform-facts §3.5 has them. */
function noteProcess(text: string, at: number, entryOf: () => Entry): void {
  const [, from, to] = /^State changed from (\w+) to (\w+)/.exec(text) ?? []
  if (to) return noteState({from: from!, to, at}, entryOf())
  if (text.startsWith('Starting process with command'))
    Object.assign(entryOf(), {standing: 'running', early: false, killed: false})
  if (text.startsWith('Stopping all processes with SIGTERM')) entryOf().told += 1
  if (text.startsWith('Error R12')) entryOf().killed = true
  const [, status] = /^Process exited with status (\d+)/.exec(text) ?? []
  if (status === undefined) return
  const entry = entryOf()
  if (entry.owed > 0) entry.owed -= 1
  else entry.early = true
  if (status === '137' && entry.standing === 'ended') entry.killed = true
}

function noteState({at, from, to}: {from: string; to: string; at: number}, entry: Entry): void {
  if (to === 'crashed') {
    if (entry.early) entry.early = false
    else entry.owed += 1
  } else if ((to === 'down' || to === 'starting') && (from === 'up' || from === 'starting')) {
    entry.owed += 1
    entry.early = false
  }

  if (to === 'down' || to === 'crashed') Object.assign(entry, {standing: 'ended', endedAt: at, killed: false})
  if (to === 'starting' || to === 'up') entry.standing = 'running'
}

/** `Scaled to clock@0:Standard-1X worker@2:Standard-1X by user u@x` (platform-facts §8.5). */
function noteScaling(text: string, latest: Map<string, Scaling>, latestUp: Map<string, Scaling>): void {
  const [, types, by] = /^Scaled to (.+) by user (.+)$/.exec(text) ?? []
  if (!types || !by) return
  for (const [, type, quantity] of types.matchAll(/([\w-]+)@(\d+)/g)) {
    const scaling = {quantity: Number(quantity), by}
    latest.set(type!, scaling)
    if (scaling.quantity > 0) latestUp.set(type!, scaling)
  }
}
