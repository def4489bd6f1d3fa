import type {LogLine} from '../heroku/types.js'

/** What the log says about dynos that end, so that a crash can be told in one line. */
export type CrashNotes = {
  /** A line; `counts`: its crashes are those that are asked for, not ones of before. */
  note(line: LogLine, counts?: boolean): void
  /** How often the log says that this dyno crashed. */
  crashes(dyno: string): number
  /** ` (status 1): Error: Cannot find module 'express'`, or nothing when the log is silent. */
  why(dyno: string): string
}

const KEPT = 50

/** Reads crash lines as platform-facts §3.5 and §8.4 have them. */
export function takeCrashNotes(): CrashNotes {
  const crashes = new Map<string, number>()
  const statuses = new Map<string, string>()
  const said = new Map<string, string[]>()
  /** Dynos whose process of before was told to end: its exit comes under the same name, often later than a crash of the new one. */
  const ending = new Set<string>()
  /** Dynos that have crashed: what exits after that is another process. */
  const crashed = new Set<string>()

  return {
    note({dyno, source, text}, counts = true) {
      if (source === 'app') said.set(dyno, [...(said.get(dyno) ?? []), text].slice(-KEPT))
      if (source !== 'heroku') return
      if (/^State changed from \w+ to crashed/.test(text)) {
        crashed.add(dyno)
        if (counts) crashes.set(dyno, (crashes.get(dyno) ?? 0) + 1)
      }

      if (text.startsWith('Stopping all processes with SIGTERM')) ending.add(dyno)
      const ended = /^Process exited with status (\d+)/.exec(text)
      // What was said before is of another process.
      if (text.startsWith('Starting process with command')) {
        statuses.delete(dyno)
        said.delete(dyno)
        crashed.delete(dyno)
      }

      // 143 is what SIGTERM makes of a process that does not catch it.
      const isOld = ended?.[1] === '143' && ending.delete(dyno)
      // An R-code says more than the 137 that follows from it.
      if (ended && !isOld && !crashed.has(dyno) && !statuses.get(dyno)?.startsWith('R'))
        statuses.set(dyno, `status ${ended[1]}`)
      const error = /^Error (R\d+) \(([^)]+)\)/.exec(text)
      if (error) statuses.set(dyno, `${error[1]} ${error[2]}`)
    },
    crashes: (dyno) => crashes.get(dyno) ?? 0,
    why(dyno) {
      const lines = said.get(dyno) ?? []
      // A stack trace ends in frames; the line that names the error says more than the last one.
      const telling = lines.findLast((line) => /^\S*(Error|Exception|panic|fatal)\b/i.test(line.trim())) ?? lines.at(-1)
      const status = statuses.get(dyno)
      return `${status ? ` (${status})` : ''}${telling ? `: ${telling.trim().slice(0, 300)}` : ''}`
    },
  }
}
