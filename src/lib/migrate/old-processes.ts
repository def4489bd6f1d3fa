import type {LogLine} from '../heroku/types.js'

/** What the log tells of the processes that a release ended: one dyno name, and for a while two processes (platform-facts §3.5). */
export type OldProcesses = {
  note(line: LogLine): void
  /** The dynos whose process of before has not been seen to exit. */
  waitingFor(): string[]
  /** Lines are missing: nothing is proven any more. */
  readonly blind: boolean
}

/**
 * Watches these dynos from `since` on (ms, the platform's clock). A process that was told to stop is owed an exit; a new one that
 * crashes meanwhile pays for itself only.
 */
export function watchOldProcesses(dynos: string[], since: number): OldProcesses {
  const seen = new Map(dynos.map((name) => [name, {stops: 0, exits: 0, crashes: 0}]))
  let blind = false
  return {
    note({at, dyno, gap, source, text}) {
      if (gap) blind = true
      const counts = source === 'heroku' ? seen.get(dyno) : undefined
      if (!counts || Date.parse(at) < since) return
      if (text.startsWith('Stopping all processes with SIGTERM')) counts.stops += 1
      else if (text.startsWith('Process exited with status')) counts.exits += 1
      else if (/^State changed from \w+ to crashed/.test(text)) counts.crashes += 1
    },
    waitingFor: () =>
      [...seen].flatMap(([name, {crashes, exits, stops}]) => (stops > 0 && exits - crashes >= stops ? [] : [name])),
    get blind() {
      return blind
    },
  }
}
