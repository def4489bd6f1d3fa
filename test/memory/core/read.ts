import {readFile} from 'node:fs/promises'

import {readRecording, type ReadOptions} from '../../../src/lib/memory/read/recording.js'
import {sampleAt} from '../../../src/lib/memory/recording.js'
import type {Recording, Sample} from '../../../src/lib/memory/types.js'

/** 2026-11-21: what "now" is for lines without a year. */
const NOW = Date.UTC(2026, 10, 21, 12)

/** Reads text, or bytes, in pieces of so many bytes. */
export function read(text: string | Buffer, options: Partial<ReadOptions> & {piece?: number} = {}): Promise<Recording> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const {piece = Math.max(1, bytes.length)} = options
  return readRecording(pieces(bytes, piece), {source: 'archive', notAfter: NOW, ...options})
}

/** Each piece is overwritten once the next is asked for, as files do it. */
function* pieces(bytes: Buffer, length: number): Generator<Uint8Array> {
  const buffer = Buffer.alloc(length)
  for (let from = 0; from < bytes.length; from += length) {
    buffer.fill(0)
    yield buffer.subarray(0, bytes.copy(buffer, 0, from, from + length))
  }
}

export const fixture = async (name: string): Promise<Recording> =>
  read(await readFile(new URL(`fixtures/${name}.log`, import.meta.url)))

/** All samples, by time, then dyno. */
export const samplesOf = (recording: Recording): Sample[] =>
  Array.from({length: recording.samples.length}, (_, index) => sampleAt(recording, index)).sort(
    (a, b) => a.at - b.at || (a.dyno ?? '').localeCompare(b.dyno ?? ''),
  )
