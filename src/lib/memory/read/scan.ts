import {looksGood, NEEDLES} from '../parse/needles.js'

const LINE_END = 10
/** No log line is longer; what has no line ends at all is cut into pieces of this many bytes. */
const LONGEST = 1 << 20
const needles = NEEDLES.map((needle) => Buffer.from(needle))

/** A line that may matter: bytes `from` up to `to`, without the line end; `at` is where the needle number `needle` stands. */
export type LineSink = (bytes: Buffer, from: number, to: number, at: number, needle: number) => void

/**
 * Finds the lines that may matter in bytes that come in any pieces, and gives each to `sink`, once.
 * @returns `push` for each piece, which may be overwritten afterwards, and `end` for what has no line end behind it
 */
export function lineScanner(sink: LineSink): {push(chunk: Uint8Array): void; end(): void} {
  let rest = Buffer.alloc(0)
  let room = Buffer.alloc(1 << 12)

  function keep(bytes: Uint8Array): void {
    const length = rest.length + bytes.length
    if (length > room.length) {
      const wider = Buffer.alloc(Math.max(length, Math.min(room.length * 2, LONGEST)))
      wider.set(rest)
      room = wider
    }
    room.set(bytes, rest.length)
    rest = room.subarray(0, length)
  }

  /** The line that the pieces before began is complete, or too long. */
  function flush(): void {
    if (rest.length > 0) scanLines(rest, sink)
    rest = room.subarray(0, 0)
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let from = 0
      while (from < bytes.length) {
        if (rest.length > 0) {
          const end = bytes.indexOf(LINE_END, from)
          const to = Math.min(end === -1 ? bytes.length : end + 1, from + LONGEST - rest.length)
          keep(bytes.subarray(from, to))
          from = to
          if (bytes[to - 1] === LINE_END || rest.length === LONGEST) flush()
        } else {
          const last = bytes.lastIndexOf(LINE_END)
          const to = last >= from ? last + 1 : from
          if (to > from) scanLines(bytes.subarray(from, to), sink)
          from = to
          if (from < bytes.length) {
            const piece = bytes.subarray(from, from + LONGEST)
            keep(piece)
            from += piece.length
            if (rest.length === LONGEST) flush()
          }
        }
      }
    },
    end: flush,
  }
}

/** One pass over the bytes per needle, each hit's line once. All of it in the processor's cache, if the bytes are few enough. */
function scanLines(bytes: Buffer, sink: LineSink): void {
  const next = needles.map((needle) => found(bytes, needle, 0))
  for (;;) {
    let first = 0
    for (let index = 1; index < next.length; index++) if (next[index]! < next[first]!) first = index
    const at = next[first]!
    if (at === Infinity) return
    if (!looksGood(first, bytes, at)) {
      next[first] = found(bytes, needles[first]!, at + 1)
      continue
    }
    const [from, end] = lineAround(bytes, at)
    if (at + needles[first]!.length <= end) sink(bytes, from, bytes[end - 1] === 13 ? end - 1 : end, at, first)
    for (let index = 0; index < next.length; index++) {
      if (next[index]! < end) next[index] = found(bytes, needles[index]!, end)
    }
  }
}

function found(bytes: Buffer, needle: Buffer, from: number): number {
  const at = bytes.indexOf(needle, from)
  return at === -1 ? Infinity : at
}

function lineAround(bytes: Buffer, at: number): [number, number] {
  const start = bytes.lastIndexOf(LINE_END, at) + 1
  const lineEnd = bytes.indexOf(LINE_END, at)
  const end = lineEnd === -1 ? bytes.length : lineEnd
  if (end - start <= LONGEST) return [start, end]
  const piece = start + Math.floor((at - start) / LONGEST) * LONGEST
  return [piece, Math.min(end, piece + LONGEST)]
}
