import type {LogLine} from '../../heroku/types.js'
import {LineSplitter} from '../../heroku/split-lines.js'

/** What comes over an attached connection, as lines of the log: whole characters, however the bytes are cut. */
export async function* attachedLines(bytes: AsyncIterable<Uint8Array>, dyno: string): AsyncGenerator<LogLine> {
  const decoder = new TextDecoder('utf8', {ignoreBOM: true})
  const splitter = new LineSplitter()
  const asLine = (text: string): LogLine => ({at: '', source: 'app', dyno, text})
  let broken: {error: unknown} | undefined
  try {
    for await (const chunk of bytes) {
      for (const text of splitter.push(decoder.decode(chunk, {stream: true}))) yield asLine(text)
    }
  } catch (error) {
    broken = {error}
  }

  // What came of a last line is worth showing, also of one that broke off.
  for (const text of [...splitter.push(decoder.decode()), ...splitter.end()]) yield asLine(text)
  if (broken) throw broken.error
}
