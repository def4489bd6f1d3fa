import type {Recording, Source} from '../types.js'

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
 * fails in the middle.
 */
export function readRecording(
  _chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  _options: ReadOptions,
): Promise<Recording> {
  throw new Error('not there yet')
}
