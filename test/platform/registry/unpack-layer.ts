import {
  createReadStream,
  createWriteStream,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  closeSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import {PassThrough} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import tar, {type Header} from 'tar-stream'
import {insideRoot, linkInside} from './inside-root.js'

/**
 * Lays one layer (a tar, gzipped or not) over what is in `root`: files replace, `.wh.<name>` deletes what lower layers
 * brought, `.wh..wh..opq` empties a folder of it. Owners and device files are left out: a dyno is nobody special.
 */
export async function unpackLayer(file: string, root: string): Promise<void> {
  const extract = tar.extract()
  const fed = pipeline(createReadStream(file), isGzip(file) ? createGunzip() : new PassThrough(), extract)
  const written = new Set<string>()
  const entries = (async () => {
    for await (const entry of extract) {
      const {header} = entry
      const base = path.posix.basename(header.name)
      if (base === '.wh..wh..opq') emptyFolder(path.dirname(insideRoot(root, header.name)), written)
      else if (base.startsWith('.wh.')) {
        const gone = path.join(path.dirname(insideRoot(root, header.name)), base.slice('.wh.'.length))
        if (!written.has(gone)) rmSync(gone, {recursive: true, force: true})
      } else await place(header, entry, root, written)
      entry.resume()
    }
  })()
  await Promise.all([fed, entries])
}

async function place(
  header: Header,
  content: AsyncIterable<unknown>,
  root: string,
  written: Set<string>,
): Promise<void> {
  const at = insideRoot(root, header.name)
  if (at === root) return
  for (let above = at; above !== root; above = path.dirname(above)) written.add(above)
  mkdirSync(path.dirname(at), {recursive: true})
  if (header.type === 'directory') {
    if (!lstatSync(at, {throwIfNoEntry: false})?.isDirectory()) rmSync(at, {force: true})
    mkdirSync(at, {recursive: true})
    return
  }
  rmSync(at, {recursive: true, force: true})
  if (header.type === 'symlink') symlinkSync(linkInside(root, at, header.linkname ?? ''), at)
  else if (header.type === 'link') linkSync(insideRoot(root, header.linkname ?? ''), at)
  else if (header.type === 'file' || header.type === 'contiguous-file')
    await pipeline(content, createWriteStream(at, {flags: 'wx', mode: ((header.mode ?? 0o644) & 0o777) | 0o600}))
}

function emptyFolder(folder: string, keep: Set<string>): void {
  const stats = lstatSync(folder, {throwIfNoEntry: false})
  if (!stats?.isDirectory()) return
  for (const name of readdirSync(folder)) {
    const child = path.join(folder, name)
    if (keep.has(child)) emptyFolder(child, keep)
    else rmSync(child, {recursive: true, force: true})
  }
}

function isGzip(file: string): boolean {
  const head = Buffer.alloc(2)
  const fd = openSync(file, 'r')
  try {
    readSync(fd, head, 0, 2, 0)
  } finally {
    closeSync(fd)
  }
  return head[0] === 0x1f && head[1] === 0x8b
}
