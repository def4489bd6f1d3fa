import type {Readable} from 'node:stream'

/**
 * The messages of a stream of JSON lines, safe against characters and lines split between chunks.
 * @throws Error when the stream ends inside a message, or holds something else
 */
export async function* jsonLines(stream: Readable): AsyncGenerator<Record<string, unknown>> {
  let pending = ''
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (pending + chunk).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) if (line.trim()) yield parse(line)
  }
  if (pending.trim()) yield parse(pending)
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch (error) {
    throw new Error("Can't understand the Docker Engine's answer: a message is cut short or is no JSON", {cause: error})
  }
}

/** The engine's error in a message: it comes inside an answer that began as HTTP 200. */
export function errorIn(message: Record<string, unknown>): string | undefined {
  const detail = message.errorDetail as {message?: string} | undefined
  return detail?.message ?? (message.error as string | undefined)
}
