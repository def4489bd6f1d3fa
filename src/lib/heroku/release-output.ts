import type {Clock} from '../run/clock.js'
import {isEventStream, openStream} from './open-stream.js'
import {OutputBytes} from './output-bytes.js'
import {OutputEvents} from './output-events.js'
import {LineSplitter} from './split-lines.js'

type Services = {fetch: typeof fetch; clock: Clock; signal: AbortSignal}

type Opened = Awaited<ReturnType<typeof openStream>>

const POLL_MS = 1000
const BACKOFF_MS = {first: 500, most: 5000}

/**
 * The output of a release phase (platform-facts §1.8) line by line: waits while the stream is 404, resumes after a drop with
 * nothing repeated or lost, survives any silence. Ends with the stream or the signal, giving the unfinished last line too.
 * Never throws.
 */
export async function* readReleaseOutput(url: string, services: Services): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const splitter = new LineSplitter()
  for await (const bytes of outputOf(url, services)) yield* splitter.push(decoder.decode(bytes, {stream: true}))
  yield* splitter.push(decoder.decode())
  yield* splitter.end()
}

async function* outputOf(url: string, {clock, fetch, signal}: Services): AsyncGenerator<Uint8Array> {
  const plain = new OutputBytes()
  const events = new OutputEvents()
  let failures = 0
  while (!signal.aborted) {
    let wait = POLL_MS
    let close = () => {}
    try {
      const opened = await openStream(fetch, url, headersFor(plain, events), signal)
      close = opened.close
      const {chunks, response} = opened
      const begun = plain.offset > 0 || events.lastId !== undefined
      const retry = response.status >= 500 || response.status === 429
      if (response.status === 404 && !begun) {
        failures = 0
      } else if (retry) {
        throw new Error(`HTTP ${response.status}`)
      } else if (response.status === 204 || !response.ok || !response.body) {
        // 204 and 416: nothing follows what we have. Any other refusal lasts.
        return
      } else {
        const reading = isEventStream(response) ? readEvents(chunks, events) : readPlain(opened, plain)
        for await (const bytes of reading) {
          failures = 0
          yield bytes
        }

        return
      }
    } catch {
      wait = Math.min(BACKOFF_MS.first * 2 ** failures++, BACKOFF_MS.most)
    } finally {
      close()
    }

    await clock.sleep(wait, signal).catch(() => {})
  }
}

/** Plain first: it keeps carriage returns, which the framing of events cannot carry. */
function headersFor(plain: OutputBytes, events: OutputEvents): Record<string, string> {
  return {
    accept: 'text/plain, text/event-stream;q=0.5',
    // Compressed, an offset would mean something else.
    'accept-encoding': 'identity',
    ...(plain.offset > 0 ? {range: `bytes=${plain.offset}-`} : {}),
    ...(events.lastId === undefined ? {} : {'last-event-id': events.lastId}),
  }
}

async function* readEvents(chunks: AsyncIterable<Uint8Array>, events: OutputEvents): AsyncGenerator<Uint8Array> {
  events.reconnect()
  for await (const chunk of chunks) yield* events.push(chunk)
}

async function* readPlain({chunks, response}: Opened, plain: OutputBytes): AsyncGenerator<Uint8Array> {
  const named = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  plain.reconnect(named === undefined ? (response.status === 206 ? plain.offset : undefined) : Number(named))
  for await (const chunk of chunks) yield plain.push(chunk)
  yield plain.end()
}
