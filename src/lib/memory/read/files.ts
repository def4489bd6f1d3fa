import {type FileHandle, open} from 'node:fs/promises'

import {emptyRecording} from '../recording.js'
import type {Recording} from '../types.js'
import {readRecording, type ReadOptions} from './recording.js'
import {ArchiveUnreadable, EndsInTheMiddle, unpacked} from './unpack.js'

/** Small enough for the processor's cache, which every needle's pass profits of. */
const PIECE = 1 << 19

/**
 * Reads archives, plain, `.gz` or `.zst` (known by their first bytes, not by name), one after the other, into one recording; `-` is
 * stdin. What a gzip or zstd that ends in the middle holds is read, and noted.
 * @throws ArchiveUnreadable for a file that cannot be opened, that is damaged, or .zst on a Node without zstd (Node 20)
 */
export async function readArchives(
  files: string[],
  options: Omit<ReadOptions, 'source'> & {stdin?: AsyncIterable<Uint8Array>} = {},
): Promise<Recording> {
  const into = options.into ?? emptyRecording()
  for (const file of files) {
    if (file === '-') await readArchive('stdin', options.stdin ?? process.stdin, {...options, source: 'stdin', into})
    else await readFile(file, {...options, source: 'archive', into})
  }
  return into
}

async function readFile(file: string, options: ReadOptions & {into: Recording}): Promise<void> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new ArchiveUnreadable(`${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`)
  })
  try {
    await readArchive(file, pieces(handle), options)
  } finally {
    await handle.close()
  }
}

async function readArchive(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions & {into: Recording},
): Promise<void> {
  try {
    await readRecording(unpacked(name, chunks), options)
  } catch (error) {
    if (error instanceof EndsInTheMiddle) options.into.notes.push(`${name} ends in the middle`)
    else if (isFileError(error)) throw new ArchiveUnreadable(`${name}: ${error.message}`)
    else throw error
  }
}

/** The next piece is being read while one is looked at; it overwrites the one before. */
async function* pieces(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const buffers = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)]
  let reading = handle.read(buffers[0]!, 0, PIECE)
  try {
    for (let turn = 0; ; turn++) {
      const {buffer, bytesRead} = await reading
      if (bytesRead === 0) return
      reading = handle.read(buffers[(turn + 1) % 2]!, 0, PIECE)
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    // Nobody may close the file, nor wait for this, while it is being read.
    await reading.catch(() => {})
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && ['EISDIR', 'EIO', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')
