import {readdirSync, type Dirent} from 'node:fs'
import path from 'node:path'

import {readEntry, type Entry} from './entry.js'
import {ContextError, isDenied, isGone, reasonOf} from './error.js'
import {followLinks} from './follow-links.js'
import {match, mayMatchBelow, parsePatterns, type Matched} from './patterns.js'

/** What BuildKit wants of a folder: patterns of what to send and what not, and paths whose links are to be followed. */
export type Wanted = {include: string[]; exclude: string[]; follow: string[]}

type Visited = {name: string; include?: Matched; exclude?: Matched; left: boolean; sent: boolean}

/**
 * The entries of a folder in the order the receiver demands (each folder's names sorted by bytes, a folder before what it holds),
 * filtered as fsutil does: a folder that is not wanted itself is sent when something in it is.
 * @throws ContextError for a folder that can't be read
 */
export function* walk(root: string, wanted: Wanted): Generator<Entry> {
  const followed = wanted.follow.length > 0 ? followLinks(root, wanted.follow) : undefined
  const includes = parsePatterns([...wanted.include, ...(followed ?? [])])
  const excludes = parsePatterns(wanted.exclude)
  const exceptions = excludes.filter(({negated}) => negated)
  const seen = new Map<string, string>()

  function* below(dir: string, parents: Visited[]): Generator<Entry> {
    const parent = parents.at(-1)
    for (const dirent of readFolder(root, dir, parent)) {
      const name = dir ? `${dir}/${dirent.name}` : dirent.name
      const isDirectory = dirent.isDirectory()
      const include = includes.length > 0 ? match(includes, name, parent?.include) : undefined
      const exclude = excludes.length > 0 ? match(excludes, name, parent?.exclude) : undefined
      const left = include?.matched === false || exclude?.matched === true
      if (left && !isDirectory) continue
      if (include?.matched === false && !mayMatchBelow(includes, name)) continue
      if (exclude?.matched && !mayMatchBelow(exceptions, name)) continue

      const here: Visited = {
        name,
        left,
        sent: false,
        ...(include && {include: include.here}),
        ...(exclude && {exclude: exclude.here}),
      }
      if (!left) {
        for (const visited of [...parents, here].filter(({sent}) => !sent)) {
          const entry = entryOf(root, visited.name, seen)
          if (!entry) continue
          yield entry
          visited.sent = true
        }
      }
      if (isDirectory) yield* below(name, [...parents, here])
    }
  }
  yield* below('', [])
}

function readFolder(root: string, dir: string, visited?: Visited): Dirent[] {
  try {
    const entries = readdirSync(path.join(root, dir), {withFileTypes: true})
    return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  } catch (error) {
    if (dir && isGone(error)) return []
    // Only looked into for the sake of an exception: docker passes over what it can't read there.
    if (visited?.left && isDenied(error)) return []
    throw new ContextError(`Can't read ${path.join(root, dir)} for the build: ${reasonOf(error)}`, {cause: error})
  }
}

function entryOf(root: string, name: string, seen: Map<string, string>): Entry | undefined {
  try {
    return readEntry(path.join(root, name), name, seen)
  } catch (error) {
    // Deleted since its folder was listed. A name that was not UTF-8 can't be looked up either, and is no such case.
    if (isGone(error) && !name.includes('\uFFFD')) return undefined
    const reason = name.includes('\uFFFD') ? 'its name is not UTF-8' : reasonOf(error)
    throw new ContextError(`Can't read ${path.join(root, name)} for the build: ${reason}`, {cause: error})
  }
}
