import {Silence, within} from './within.js'

const HEADERS_MS = 60_000

/** An answer whose body may take hours: only its headers have a deadline. `close` gives up whatever of it is not read yet. */
export async function openStream(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<{response: Response; close(): void}> {
  const controller = new AbortController()
  const close = () => controller.abort(new Silence('not read any more'))
  const onAbort = () => controller.abort(signal.reason)
  signal.addEventListener('abort', onAbort, {once: true})
  controller.signal.addEventListener('abort', () => signal.removeEventListener('abort', onAbort), {once: true})
  try {
    return {response: await within(fetch(url, {headers, signal: controller.signal}), signal, HEADERS_MS), close}
  } catch (error) {
    close()
    throw error
  }
}

/** Whether the body is framed as server-sent events; servers choose that by themselves (platform-facts §8.1). */
export function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
}
