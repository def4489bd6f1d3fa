import type {Readable} from 'node:stream'
import {StringDecoder} from 'node:string_decoder'

/** Longer lines come in pieces, as Heroku's log system cuts them. Characters. */
const LONGEST = 10_000

/** Hands on whole lines of a stream of bytes, however they are cut, and the unfinished one at the end; resolves then. */
export function byLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) emit(line.replace(/\r$/, ''))
    while (rest.length > LONGEST) {
      onLine(rest.slice(0, LONGEST))
      rest = rest.slice(LONGEST)
    }
  })
  return new Promise((resolve) => {
    stream.once('close', () => {
      rest += decoder.end()
      if (rest !== '') emit(rest)
      resolve()
    })
  })

  function emit(line: string): void {
    for (let at = 0; at === 0 || at < line.length; at += LONGEST) onLine(line.slice(at, at + LONGEST))
  }
}
