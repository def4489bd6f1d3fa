import {lstatSync, readdirSync, readlinkSync} from 'node:fs'
import path from 'node:path'

import {cleanPath, parsePatterns} from './patterns.js'

/**
 * The paths BuildKit asks for (what COPY names, with wildcards), together with what symbolic links on the way lead to, as include
 * patterns (fsutil's FollowLinks). Undefined when the whole context is asked for.
 */
export function followLinks(root: string, asked: string[]): string[] | undefined {
  const resolved = new Set<string>()

  const follow = (file: string) => {
    let rest = cleanPath(`./${file}`).replace(/^(\.\.\/)+/, '')
    let current = '.'
    for (;;) {
      const [first = '', ...others] = rest.split('/')
      current = path.posix.join(current, first)
      rest = others.join('/')

      const targets = linkTargets(root, current)
      if ((rest === '' || targets) && resolved.has(current)) return
      if (rest === '' || targets) resolved.add(current)
      if (targets) for (const target of targets) follow(path.posix.join(target, rest))
      if (rest === '' || targets) return
    }
  }
  for (const name of asked) follow(name)

  return resolved.has('.') ? undefined : [...resolved].sort()
}

/** Where the links lead that this path (its last part may hold wildcards) names; undefined when it is no link. */
function linkTargets(root: string, file: string): string[] | undefined {
  const dir = path.posix.dirname(file)
  const name = path.posix.basename(file)
  if (!/[*?[]/.test(name.replaceAll(/\\./g, ''))) return linkTarget(root, file)

  const [pattern] = parsePatterns([name])
  const names = quietly(() => readdirSync(path.join(root, dir))) ?? []
  return names
    .filter((entry) => pattern?.matches(entry))
    .flatMap((entry) => linkTarget(root, path.posix.join(dir, entry)) ?? [])
}

function linkTarget(root: string, file: string): string[] | undefined {
  if (file === '.') return undefined
  const link = quietly(() =>
    lstatSync(path.join(root, file)).isSymbolicLink() ? readlinkSync(path.join(root, file)) : undefined,
  )
  if (link === undefined) return undefined
  const target = link.split(path.sep).join('/')
  return [path.posix.isAbsolute(target) ? target : path.posix.join('/', path.posix.dirname(file), target)]
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    // A path that is not there leads nowhere; the build itself says so when it needs it.
    return undefined
  }
}
