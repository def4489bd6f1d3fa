import {abortable} from '../run/abortable.js'
import {Silence, within} from './within.js'

const HEADERS_MS = 60_000

/**
 * An answer whose body may take hours: only its headers have a deadline. `chunks` is the body, to be read once; `close` gives up
 * whatever of it is not read yet.
 */
export async function openStream(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<{response: Response; chunks: AsyncGenerator<Uint8Array>; close(): void}> {
  const controller = new AbortController()
  const close = () => controller.abort(new Silence('not read any more'))
  const onAbort = () => controller.abort(signal.reason)
  signal.addEventListener('abort', onAbort, {once: true})
  controller.signal.addEventListener('abort', () => signal.removeEventListener('abort', onAbort), {once: true})
  try {
    const response = await within(fetch(url, {headers, signal: controller.signal}), signal, HEADERS_MS)
    return {response, chunks: chunksOf(response, controller.signal), close}
  } catch (error) {
    close()
    throw error
  }
}

/** Node's fetch never settles a read whose body ended in the instant in which its signal aborts: the signal ends it here. */
async function* chunksOf({body}: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!body) return
  const reader = body.getReader()
  try {
    for (;;) {
      const {done, value} = await abortable(reader.read(), signal)
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** Whether the body is framed as server-sent events; servers choose that by themselves (platform-facts §8.1). */
export function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
}
