import {createParser} from 'eventsource-parser'

import type {Clock} from '../run/clock.js'
import {NotSent, OutcomeUnknown, PlatformError, Unreadable} from './errors.js'
import {networkWords} from './network-words.js'
import {isEventStream, openStream} from './open-stream.js'
import {parseLogLine} from './parse-log-line.js'
import {RATE_LIMIT_PATIENCE_MS} from './rate-limit.js'
import {fieldsOf, textAt} from './record.js'
import {ReplayGuard, RING} from './replay-guard.js'
import type {SendOnce} from './send-once.js'
import {LineSplitter} from './split-lines.js'
import type {LogLine, LogOptions} from './types.js'
import {within} from './within.js'

type Services = {sendOnce: SendOnce; fetch: typeof fetch; clock: Clock; signal: AbortSignal}
type Session = {url: string; createdAt: string}

const BACKOFF_MS = {first: 500, most: 5000}
/** One POST with all the patience it has. */
const SESSION_MS = RATE_LIMIT_PATIENCE_MS + 60_000
/** Without `tail` somebody waits for the end: so many failures in a row are it. */
const TRIES = 3
const OVERRUN: LogLine = {
  at: '',
  source: '',
  dyno: '',
  text: 'Lines may be missing here: more came than Heroku keeps while the log was not connected',
  gap: {},
}

/**
 * Lines of log sessions (platform-facts §8.1). Without `tail` it ends with the session; with it a session that ends is followed
 * by another until the signal aborts, which ends quietly. No line comes twice, none between two sessions is lost while it is
 * in the ring; where that no longer holds the last one seen, and where the platform dropped some, a line with `gap` comes.
 * @throws PlatformError when a session is refused, Unreadable without `tail` when it cannot be read
 */
export async function* readLogs(
  app: string,
  options: LogOptions,
  {clock, fetch, sendOnce, signal}: Services,
): AsyncGenerator<LogLine> {
  const guard = new ReplayGuard()
  let again = false
  let failures = 0
  while (!signal.aborted) {
    let opened: Session | undefined
    try {
      const lines = again ? RING : options.lines
      opened = await openSession(app, {...options, lines}, sendOnce, signal)
      guard.beginSession(opened.createdAt, {again})
      for await (const line of linesOf(opened.url, options.tail, fetch, signal)) {
        failures = 0
        const parsed = parseLogLine(line)
        if (guard.isAfterGap(line, parsed.at)) yield {...OVERRUN}
        if (guard.isNew(line, parsed.at)) yield parsed
      }

      if (!options.tail) return
    } catch (error) {
      if (signal.aborted) return
      // The patience of a 429 is over by then; only a tail goes on.
      if (error instanceof PlatformError && !(error.status === 429 && options.tail)) throw error
      if (!options.tail && failures + 1 >= TRIES) throw unreadable(app, opened, error)
    }

    // Until a line came, a back-fill that was asked for is still owed.
    again ||= guard.sawAnything || (opened !== undefined && options.lines === 0)
    const wait = Math.min(BACKOFF_MS.first * 2 ** failures++, BACKOFF_MS.most)
    await clock.sleep(wait, signal).catch(() => {})
  }
}

/** The URL of the session is a secret: it must not get into any message. */
async function openSession(
  app: string,
  {dyno, lines, source, tail}: LogOptions,
  sendOnce: SendOnce,
  signal: AbortSignal,
): Promise<Session> {
  const path = `/apps/${encodeURIComponent(app)}/log-sessions`
  const body = {...(dyno ? {dyno} : {}), lines, ...(source ? {source} : {}), tail}
  const answer = await within(sendOnce({method: 'POST', path, variant: '3.sdk', body}), signal, SESSION_MS)
  const session = fieldsOf(answer.body, 'log session')
  return {url: textAt(session, 'logplex_url', 'log session'), createdAt: textAt(session, 'created_at', 'log session')}
}

/** Lines of one session, whether it comes as events or plain. A line cut off by the end counts only when no session follows. */
async function* linesOf(
  url: string,
  tail: boolean,
  fetch: Services['fetch'],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const {chunks, close, response} = await openStream(fetch, url, {accept: 'text/event-stream'}, signal)
  try {
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`)
    const decoder = new TextDecoder()
    const splitter = new LineSplitter()
    const ready: string[] = []
    const parser = createParser({onEvent: ({data}) => ready.push(...splitter.push(`${data}\n`))})
    const take = isEventStream(response)
      ? (text: string) => parser.feed(text)
      : (text: string) => ready.push(...splitter.push(text))
    for await (const chunk of chunks) {
      take(decoder.decode(chunk, {stream: true}))
      yield* ready.splice(0)
    }

    if (!tail) yield* splitter.end()
  } finally {
    close()
  }
}

function unreadable(app: string, session: Session | undefined, error: unknown): Error {
  const asked = {method: 'GET', path: `the log of ${app}`}
  if (error instanceof NotSent || error instanceof OutcomeUnknown)
    return new Unreadable({...asked, cause: error.cause as Error})
  const host = session ? new URL(session.url).host : 'Heroku'
  const status = error instanceof Error && /^HTTP \d+$/.test(error.message) ? error.message : undefined
  const cause = new Error(status ? `${host} answered with ${status}` : networkWords(error, host))
  return new Unreadable({...asked, cause})
}
