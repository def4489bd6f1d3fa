import {stripVTControlCharacters} from 'node:util'

import {dynoOf} from '../parse/dyno.js'
import type {Found} from '../parse/found.js'
import {parseLine} from '../parse/lines.js'
import type {TimeOptions} from '../parse/time.js'
import {readValues, type Values} from '../parse/values.js'
import {addEvent, emptyRecording, instanceOf, nextRow} from '../recording.js'
import type {Recording, Source} from '../types.js'
import {plainHead} from './plain-sample.js'
import {lineScanner} from './scan.js'

/** How lines are read. */
export type ReadOptions = {
  source: Source
  /** Where to put it; a new recording without. `--tail` reads on into the same one, and looks at it in between. */
  into?: Recording
  /** For lines without a year (`Nov 21 14:14:58`): none is later than a day after this, ms since 1970. Now, if left out. */
  notAfter?: number
  /** Minutes east of UTC, for lines that say no time zone. 0, if left out. */
  utcOffset?: number
  signal?: AbortSignal
}

/**
 * Reads log lines of any of the formats (docs/memory.md) from chunks of bytes, however they are cut. Never throws because of what
 * the lines say: what cannot be read is counted in `counts.skipped`. With `into`, what was read so far is there even if `chunks`
 * fails in the middle. A chunk is not looked at any more when the next is asked for.
 * @throws what `chunks` throws; the reason of `signal`
 */
export async function readRecording(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions,
): Promise<Recording> {
  const recording = options.into ?? emptyRecording()
  const scanner = lineScanner(lineReader(recording, options))
  for await (const chunk of chunks) {
    options.signal?.throwIfAborted()
    recording.counts.bytes += chunk.byteLength
    scanner.push(chunk)
  }
  scanner.end()
  return recording
}

/** Puts what a line says into a recording. */
function lineReader(recording: Recording, {notAfter = Date.now(), source, utcOffset = 0}: ReadOptions) {
  const times: TimeOptions = {notAfter, utcOffset}
  const {counts} = recording
  const values: Values = {total: 0, rss: 0, cache: 0, swap: 0, quota: 0}
  /** Instance numbers by what their lines have in common. They hold for as long as nothing is forgotten from `instances`. */
  let numbers = new Map<string, number | undefined>()
  let {instances} = recording

  function put(at: number, instance: number, {cache, quota, rss, swap, total}: Values): void {
    const {samples} = recording
    const row = nextRow(recording, at, instance)
    samples.total[row] = total
    samples.peak[row] = Number.NaN
    samples.rss[row] = rss
    samples.cache[row] = cache
    samples.swap[row] = swap
    samples.quota[row] = quota
    counts.used++
  }

  function readPlain(bytes: Buffer, from: number, to: number, hash: number): boolean {
    const head = plainHead(bytes, from, hash)
    if (!head) return false
    if (instances !== recording.instances) {
      instances = recording.instances
      numbers = new Map()
    }
    let number = numbers.get(head.who)
    if (number === undefined) {
      const [name, body] = head.who.split(']: ', 2)
      const dyno = body === undefined || head.who.includes('sample#') ? undefined : dynoOf(body, name)
      if (!dyno) return false
      number = instanceOf(recording, {source, ...dyno})
      numbers.set(head.who, number)
    }
    if (!readValues(bytes, hash, to, values)) return false
    counts.lines++
    put(head.at, number, values)
    return true
  }

  function use(found: Found): void {
    counts.lines++
    if (found.kind === 'skipped') counts.skipped++
    else if (found.kind === 'sample') put(found.at, instanceOf(recording, {source, ...found.dyno}), found.values)
    else if (found.kind === 'event') {
      addEvent(recording, found.event)
      counts.used++
    }
    if ('assumed' in found) note(found.assumed === 'zone' ? NO_ZONE : NO_YEAR)
  }

  function note(text: string): void {
    if (!recording.notes.includes(text)) recording.notes.push(text)
  }

  return (bytes: Buffer, from: number, to: number, at: number, needle: number): void => {
    if (needle === 0 && readPlain(bytes, from, to, at)) return
    const text = bytes.toString('latin1', from, to)
    // What `heroku logs` writes to a terminal, somebody may have recorded.
    const plain = text.includes('\u001B') ? stripVTControlCharacters(text) : text
    for (const found of parseLine(plain, times)) use(found)
  }
}

const NO_ZONE = 'Times without a time zone are taken to be UTC'
const NO_YEAR = 'Dates without a year and time zone are taken to be the latest that are not in the future, in UTC'
