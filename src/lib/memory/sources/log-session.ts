import type {LogLine} from '../../heroku/types.js'
import {emptyRecording} from '../recording.js'
import {readRecording} from '../read/recording.js'
import type {Recording} from '../types.js'
import type {MemoryServices} from './services.js'

/** All that Heroku keeps (platform-facts §8.1). */
export const LOG_LINES = 1500

/** Lines of the app's log session into a recording. `seen` counts the lines; `tail` goes on until the signal aborts. */
export async function readLogSession(
  {platform, signal}: Pick<MemoryServices, 'platform' | 'signal'>,
  app: string,
  {
    into = emptyRecording(),
    seen,
    tail = false,
  }: {into?: Recording; seen?: (line: LogLine) => void; tail?: boolean} = {},
): Promise<Recording> {
  const lines = platform.logs(app, {lines: LOG_LINES, tail, signal})
  return readRecording(bytesOf(lines, seen), {source: 'log-session', into, signal})
}

async function* bytesOf(lines: AsyncIterable<LogLine>, seen?: (line: LogLine) => void): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const line of lines) {
    seen?.(line)
    if (line.at) yield encoder.encode(`${line.at} ${line.source}[${line.dyno}]: ${line.text}\n`)
  }
}
