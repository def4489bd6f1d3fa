import {createWriteStream} from 'node:fs'
import path from 'node:path'
import {type Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import tar, {type Header} from 'tar-stream'
import {meter} from '../digest.js'
import {ArchiveError} from '../errors.js'
import {ArchiveFiles} from './archive-files.js'

/**
 * Writes every file of a tar into `dir` under a name of ours: what the tar calls it never touches the file system.
 * @throws ArchiveError when it is not a tar, or ends too early
 */
export async function spoolTar(
  archive: NodeJS.ReadableStream,
  dir: string,
  signal: AbortSignal,
): Promise<ArchiveFiles> {
  const files = new ArchiveFiles()
  const extract = tar.extract()
  const source = archive as Readable
  const written = (async () => {
    let count = 0
    for await (const entry of extract) {
      const {header} = entry
      if (isFile(header)) {
        const file = path.join(dir, String(count++))
        const through = meter()
        await pipeline(entry, through, createWriteStream(file, {flags: 'wx', mode: 0o600}))
        files.add(header.name, {file, size: through.size, digest: through.digest()})
      } else {
        if (header.type === 'symlink') files.link(header.name, path.posix.dirname(header.name), header.linkname ?? '')
        if (header.type === 'link') files.link(header.name, '', header.linkname ?? '')
        entry.resume()
      }
    }
  })()
  const [read, kept] = await Promise.allSettled([pipeline(source, extract, {signal}), written])
  signal.throwIfAborted()
  const failure = [kept, read].find((each) => each.status === 'rejected') as PromiseRejectedResult | undefined
  if (failure) throw spoolError(failure.reason)
  if (files.size === 0)
    throw new ArchiveError('The image archive is empty: the command that writes it may have failed.')
  return files
}

function isFile({type}: Header): boolean {
  return type === 'file' || type === 'contiguous-file'
}

function spoolError(error: unknown): unknown {
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return error
  if (/invalid tar header/i.test(message))
    return new ArchiveError('The image archive is not a tar: save it with `docker save`, without compression.', {
      cause: error,
    })
  if (/unexpected end of data|premature close/i.test(message))
    return new ArchiveError('The image archive ends too early: it is not whole, write it again.', {cause: error})
  return new ArchiveError(`The image archive can't be read: ${message}`, {cause: error})
}
