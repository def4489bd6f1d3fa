import {Readable, type Transform} from 'node:stream'
import {createGunzip} from 'node:zlib'

import {zstdFrames} from './zstd-frames.js'

/** An archive that cannot be read at all; the message names it. */
export class ArchiveUnreadable extends Error {
  override readonly name = 'ArchiveUnreadable'
}

/** A packed archive stops before its end; all that was there has been read. */
export class EndsInTheMiddle extends Error {
  override readonly name = 'EndsInTheMiddle'
}

const PIECE = 1 << 18

/**
 * The bytes of an archive, unpacked if their beginning says that they are packed; text of two bytes a character (what PowerShell
 * writes) becomes one byte a character.
 * @throws ArchiveUnreadable, EndsInTheMiddle, and what `chunks` throws, when iterated
 */
export async function* unpacked(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const head = await readHead(iterator)
    const all = joined(head, iterator)
    const is = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte)
    if (is(0x1f, 0x8b)) yield* through(name, all, createGunzip({chunkSize: PIECE}))
    else if (isZstd(head)) yield* throughFrames(name, all)
    else if (is(0xff, 0xfe)) yield* narrow(all)
    else if (is(0x50, 0x4b, 3, 4) || is(0x42, 0x5a, 0x68) || is(0xfd, 0x37, 0x7a, 0x58)) {
      throw new ArchiveUnreadable(`${name} is packed with zip, bzip2 or xz: unpack it first`)
    } else yield* all
  } finally {
    await iterator.return?.()
  }
}

/** The first four bytes and what came with them, or all there is. Usually the first chunk as it is: nothing is copied. */
async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array()
  while (head.length < 4) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
    // Chunks are overwritten once the next is asked for.
    if (head.length < 4) head = Uint8Array.from(head)
  }
  return head
}

async function* joined(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
}

async function* through(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  unpack: Transform,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(copies(chunks))
  source.on('error', (error) => unpack.destroy(error))
  try {
    for await (const piece of source.pipe(unpack)) yield piece as Uint8Array
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'Z_BUF_ERROR' || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END') throw new EndsInTheMiddle(name)
    if (/^Z|zstd/i.test(code)) throw new ArchiveUnreadable(`${name} is damaged (${(error as Error).message})`)
    throw error
  } finally {
    source.destroy()
    unpack.destroy()
  }
}

/** A stream looks at chunks later than it takes them. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk)
}

/** A frame, or the skippable one that some compressors begin with. */
const isZstd = ([a, b, c, d]: Uint8Array): boolean =>
  (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) || (a! >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18)

async function* throughFrames(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const make = await zstdDecoder(name)
  for await (const {bytes, isWhole} of zstdFrames(copies(chunks))) {
    yield* through(name, bytes, make())
    if (!isWhole()) throw new EndsInTheMiddle(name)
  }
}

/** Node has zstd from 22.15 on. */
async function zstdDecoder(name: string): Promise<() => Transform> {
  // Node 20, whose types we compile with, does not know it.
  const zlib: {createZstdDecompress?: (options: object) => Transform} & object = await import('node:zlib')
  const {createZstdDecompress: make} = zlib
  if (make) return () => make({chunkSize: PIECE})
  throw new ArchiveUnreadable(
    `${name} is packed with zstd, which Node ${process.version} cannot read (22.15 and newer can): zstd -dc ${name} | heroku pipeline:memory --from -`,
  )
}

async function* narrow(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-16le')
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, {stream: true}), 'latin1')
}
