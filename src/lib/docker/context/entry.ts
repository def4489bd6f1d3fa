import {lstatSync, readlinkSync, type BigIntStats} from 'node:fs'

import {int64, type Stat} from '../session/messages.js'

/** A file of the context, and what BuildKit is told of it. `size` in bytes is what its content must come to. */
export type Entry = {stat: Stat; size: bigint; isDirectory: boolean; hasContent: boolean}

/** Bits of Go's os.FileMode. */
const GO = {
  dir: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  pipe: 2 ** 25,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  charDevice: 2 ** 21,
  sticky: 2 ** 20,
}

/**
 * Reads one entry. A file that was seen before under another name becomes a hard link to it; owners are root, as docker has it.
 * @throws the file system's error
 */
export function readEntry(file: string, name: string, seen: Map<string, string>): Entry {
  const found = lstatSync(file, {bigint: true})
  const isDirectory = found.isDirectory()
  const inode = `${found.dev}:${found.ino}`
  const first = !isDirectory && !found.isSymbolicLink() && found.nlink > 1n ? seen.get(inode) : undefined
  if (!first) seen.set(inode, name)

  const regular = found.isFile() && !first
  // A socket arrives as an empty file: docker drops the one mode bit that says otherwise.
  const size = regular ? found.size : 0n
  return {
    size,
    isDirectory,
    hasContent: found.isFile() || found.isSocket(),
    stat: {
      path: name,
      mode: goMode(found),
      uid: 0,
      gid: 0,
      size: int64(found.isSymbolicLink() ? found.size : size),
      modTime: int64(found.mtimeNs),
      linkname: found.isSymbolicLink() ? readlinkSync(file) : (first ?? ''),
      ...((found.isBlockDevice() || found.isCharacterDevice()) && device(found.rdev)),
    },
  }
}

function goMode(found: BigIntStats): number {
  const mode = Number(found.mode)
  const bits = [
    found.isDirectory() && GO.dir,
    found.isSymbolicLink() && GO.symlink,
    found.isFIFO() && GO.pipe,
    found.isBlockDevice() && GO.device,
    found.isCharacterDevice() && GO.device + GO.charDevice,
    mode & 0o4000 && GO.setuid,
    mode & 0o2000 && GO.setgid,
    mode & 0o1000 && GO.sticky,
  ]
  // Windows has no execute bit: everything gets it, as docker has it.
  const permissions = process.platform === 'win32' ? (mode | 0o111) & 0o755 : mode & 0o777
  return bits.reduce<number>((sum, bit) => sum + (bit || 0), permissions)
}

const device = (rdev: bigint) => ({
  devmajor: int64((rdev >> 8n) & 0xfffn),
  devminor: int64((rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)),
})
