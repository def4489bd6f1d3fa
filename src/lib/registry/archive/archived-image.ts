import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Blob} from '../upload-blob.js'
import {dockerArchive} from './docker-archive.js'
import {convertImage} from './convert-image.js'
import {ociLayout} from './oci-layout.js'
import {spoolTar} from './spool-tar.js'
import {ArchiveError} from '../errors.js'

/** An image ready to be pushed as schema 2: the config as it was, every layer gzipped. */
export type ArchivedImage = {config: Blob; layers: Blob[]}

/**
 * Reads an archive into a folder of its own, which is gone when `use` has ended. @throws ArchiveError
 */
export async function withArchivedImage<T>(
  archive: () => Promise<NodeJS.ReadableStream>,
  signal: AbortSignal,
  use: (image: ArchivedImage) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'heroku-image-'))
  try {
    const files = await spoolTar(await archive(), dir, signal)
    // Newer engines write both layouts into one tar; the OCI one says more.
    const image = files.has('index.json') ? await ociLayout(files) : await dockerArchive(files)
    return await use(await convertImage(image, dir, signal))
  } catch (error) {
    signal.throwIfAborted()
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
      ? new ArchiveError(
          `There is no room in ${tmpdir()} to unpack the image: make some, or set TMPDIR to another folder.`,
          {cause: error},
        )
      : error
  } finally {
    await rm(dir, {recursive: true, force: true})
  }
}
