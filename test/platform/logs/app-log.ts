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

  write(source: LogEntry['source'], dyno: string, text: string): void {
    for (const line of text.split('\n')) {
      for (let start = 0; start === 0 || start < line.length; start += longestLine) {
        this.#append({
          id: (this.#last += 1),
          at: this.#time(),
          source,
          dyno,
          text: line.slice(start, start + longestLine),
        })
      }
    }
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
  #time(): string {
    this.#micros = Math.max(this.#micros + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000))
    const millis = Math.floor(this.#micros / 1000)
    return new Date(millis).toISOString().replace('Z', `${String(this.#micros % 1000).padStart(3, '0')}+00:00`)
  }
}

export const formatEntry = ({at, source, dyno, text}: LogEntry): string => `${at} ${source}[${dyno}]: ${text}`

function matches(entry: LogEntry, {dyno, type, source}: LogFilter): boolean {
  const isOf = (name: string) => entry.dyno === name || entry.dyno.startsWith(`${name}.`)
  return (!source || entry.source === source) && (!dyno || isOf(dyno)) && (!type || isOf(type))
}
