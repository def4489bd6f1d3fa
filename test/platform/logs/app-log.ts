/** A line of an app's log (platform-facts §8.2). */
export type LogEntry = {id: number; at: string; source: 'app' | 'heroku'; dyno: string; text: string}

/** What a log session asks for; `dyno` may be a process type (platform-facts §8.1). */
export type LogFilter = {dyno?: string | undefined; type?: string | undefined; source?: string | undefined}

const ringSize = 1500
const longestLine = 10_000

/** The newest 1500 lines of one app, and those who follow them. */
export class AppLog {
  #lines: LogEntry[] = []
  #followers = new Set<(entry: LogEntry) => void>()
  #last = 0
  #micros = 0

  /** `at` when it is not now: a line is never older than the one before. */
  write(source: LogEntry['source'], dyno: string, text: string, at?: Date): void {
    for (const line of text.split('\n')) {
      for (let start = 0; start === 0 || start < line.length; start += longestLine) {
        this.#append({
          id: (this.#last += 1),
          at: this.#time(at),
          source,
          dyno,
          text: line.slice(start, start + longestLine),
        })
      }
    }
  }

  /** Every line that is kept was written so many milliseconds earlier. */
  age(ms: number): void {
    this.#micros -= ms * 1000
    for (const entry of this.#lines) entry.at = stamp(microsOf(entry.at) - ms * 1000)
  }

  newest(lines: number, filter: LogFilter): LogEntry[] {
    return lines > 0 ? this.#lines.filter((entry) => matches(entry, filter)).slice(-Math.min(lines, ringSize)) : []
  }

  formatted(): string[] {
    return this.#lines.map(formatEntry)
  }

  /** Calls back for each new line that matches, until the returned function is called. */
  follow(filter: LogFilter, onEntry: (entry: LogEntry) => void): () => void {
    const follower = (entry: LogEntry) => {
      if (matches(entry, filter)) onEntry(entry)
    }
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  #append(entry: LogEntry): void {
    this.#lines.push(entry)
    if (this.#lines.length > ringSize) this.#lines.shift()
    for (const follower of this.#followers) follower(entry)
  }

  /** Microseconds, never the same twice: `2024-01-01T09:03:22.012194+00:00`. */
  #time(at?: Date): string {
    const now = at ? at.getTime() : performance.timeOrigin + performance.now()
    this.#micros = Math.max(this.#micros + 1, Math.floor(now * 1000))
    return stamp(this.#micros)
  }
}

const stamp = (micros: number): string =>
  new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${String(micros % 1000).padStart(3, '0')}+00:00`)

const microsOf = (at: string): number => Date.parse(`${at.slice(0, 23)}Z`) * 1000 + Number(at.slice(23, 26))

export const formatEntry = ({at, source, dyno, text}: LogEntry): string => `${at} ${source}[${dyno}]: ${text}`

function matches(entry: LogEntry, {dyno, type, source}: LogFilter): boolean {
  const isOf = (name: string) => entry.dyno === name || entry.dyno.startsWith(`${name}.`)
  return (!source || entry.source === source) && (!dyno || isOf(dyno)) && (!type || isOf(type))
}
