import {lstatSync, readlinkSync} from 'node:fs'
import path from 'node:path'

/**
 * The real place of an image's path below `root`, as if `root` were `/`: `..` stops at the root, links on the way (the last
 * part excepted) are followed inside it. So no layer can write elsewhere.
 */
export function insideRoot(root: string, name: string): string {
  const left = name.split('/').filter((part) => part !== '' && part !== '.')
  let done: string[] = []
  for (let links = 0; left.length > 0;) {
    const part = left.shift() as string
    if (part === '..') {
      done = done.slice(0, -1)
      continue
    }
    const target = left.length > 0 ? linkAt(path.join(root, ...done, part)) : undefined
    if (target === undefined) {
      done.push(part)
      continue
    }
    if (++links > 40) throw new Error(`Too many links in the layer's path ${name}`)
    if (target.startsWith('/')) done = []
    left.unshift(...target.split('/').filter((step) => step !== '' && step !== '.'))
  }
  return path.join(root, ...done)
}

/** What to write into a link at `place` so that it stays inside `root` for processes that know of no other root than `/`. */
export function linkInside(root: string, place: string, target: string): string {
  const home = '/' + path.relative(root, path.dirname(place))
  const wanted = path.posix.resolve(home, target)
  return path.posix.relative(home, wanted) || '.'
}

function linkAt(file: string): string | undefined {
  const stats = lstatSync(file, {throwIfNoEntry: false})
  return stats?.isSymbolicLink() ? readlinkSync(file) : undefined
}
