import {createReadStream, createWriteStream} from 'node:fs'
import {open} from 'node:fs/promises'
import path from 'node:path'
import {PassThrough, type Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import zlib from 'node:zlib'
import {meter} from '../digest.js'
import {ArchiveError} from '../errors.js'
import {SCHEMA2} from '../media-types.js'
import type {Blob} from '../upload-blob.js'
import type {ArchiveFile} from './archive-files.js'

/**
 * A layer as schema 2 has it. One that is gzipped stays as it is; a plain tar and zstd, which schema 2 has no type for
 * (platform-facts §1.3), are gzipped, always the same way, and their content is checked.
 */
export async function gzipLayer(
  layer: ArchiveFile & {diffId: string},
  dir: string,
  signal: AbortSignal,
): Promise<Blob> {
  const kind = await compressionOf(layer.file)
  if (kind === 'gzip') return {mediaType: SCHEMA2.layer, size: layer.size, digest: layer.digest, from: layer.file}
  const file = path.join(dir, `${path.basename(layer.file)}.gz`)
  const content = meter()
  const packed = meter()
  await pipeline(
    createReadStream(layer.file),
    kind === 'zstd' ? unzstd() : new PassThrough(),
    content,
    zlib.createGzip(),
    packed,
    createWriteStream(file, {flags: 'wx', mode: 0o600}),
    {signal},
  )
  if (content.digest() !== layer.diffId)
    throw new ArchiveError(
      `The image archive is damaged: a layer is not the ${layer.diffId} its config names. Write it again.`,
    )
  return {mediaType: SCHEMA2.layer, size: packed.size, digest: packed.digest(), from: file}
}

/** By its first bytes: media types are wrong often enough. */
async function compressionOf(file: string): Promise<'gzip' | 'none' | 'zstd'> {
  const handle = await open(file)
  try {
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(4), 0, 4, 0)
    const head = buffer.toString('hex', 0, bytesRead)
    return head.startsWith('1f8b') ? 'gzip' : head === '28b52ffd' ? 'zstd' : 'none'
  } finally {
    await handle.close()
  }
}

/** From Node 22.15 on. */
function unzstd(): Transform {
  // eslint-disable-next-line n/no-unsupported-features/node-builtins -- we ask whether it is there
  const {createZstdDecompress} = zlib as {createZstdDecompress?: () => Transform}
  if (createZstdDecompress) return createZstdDecompress()
  throw new ArchiveError(
    `The image has layers compressed with zstd, which Node ${process.versions.node} can't read: build it with \`compression=gzip,force-compression=true\`, or use Node 22.15 or newer.`,
  )
}
