import {createHash} from 'node:crypto'
import {readdir, readFile, realpath, stat} from 'node:fs/promises'
import path from 'node:path'

import {parsePatterns} from '../docker/context/patterns.js'
import {messageOf} from '../run/errors.js'

/** `sha256:…` over the names and contents of the migrations, or what is wrong with the path: a usage problem. */
export type Fingerprint = {fingerprint: string; files: number} | {problem: string}

/** Never migrations, and not the same on every machine. */
const IGNORED = new Set(['.DS_Store', '.git', '__pycache__', 'node_modules', 'Thumbs.db'])

/**
 * The fingerprint of a file, of all files below a folder, or of what a pattern matches (as in .dockerignore: `*`, `?`, `[a-z]`,
 * `**`), relative to `folder`. The same files have the same one on every machine: no times, no modes, contents byte by byte,
 * names relative to `folder`. .dockerignore has no say in it.
 */
export async function fingerprintMigrations(folder: string, wanted: string): Promise<Fingerprint> {
  const about = `--migrations-path ${wanted}`
  const relative = slashes(path.relative(folder, path.resolve(folder, wanted)))
  try {
    const names = await namesOf(folder, relative)
    if (names === undefined) return {problem: `${about}: there is no such file or folder`}
    if (names.length === 0) return {problem: `${about}: there is no file in it`}
    const hash = createHash('sha256')
    for (const name of names.sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)))) {
      const content = createHash('sha256').update(await readFile(path.join(folder, name)))
      hash.update(bytesOf(name)).update(`\0${content.digest('hex')}\n`)
    }

    return {fingerprint: `sha256:${hash.digest('hex')}`, files: names.length}
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    return {
      problem: `${about}: ${code === undefined ? messageOf(error) : `${namedIn(error, folder)} can't be read (${code})`}`,
    }
  }
}

/** Undefined when nothing has that name or matches it. */
async function namesOf(folder: string, wanted: string): Promise<string[] | undefined> {
  const found = await stat(path.join(folder, wanted)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
  })
  if (found) return found.isDirectory() ? below(folder, wanted) : [wanted]
  if (!/[*?[]/.test(wanted)) return undefined

  const [pattern] = parsePatterns([wanted])
  const fixed = wanted.split('/').slice(
    0,
    wanted.split('/').findIndex((part) => /[*?[]/.test(part)),
  )
  const root = fixed.join('/')
  if (!(await stat(path.join(folder, root)).catch(() => undefined))?.isDirectory()) return undefined
  // What matches a folder matches all that is in it.
  const names = (await below(folder, root)).filter((name) => lineOf(name).some((part) => pattern!.matches(part)))
  return names.length > 0 ? names : undefined
}

/** All files below a folder; links are followed, into a folder that one is already in they are not. */
async function below(folder: string, name: string, parents: string[] = []): Promise<string[]> {
  const real = await realpath(path.join(folder, name))
  if (parents.includes(real)) return []
  const names: string[] = []
  for (const entry of await readdir(path.join(folder, name))) {
    if (IGNORED.has(entry)) continue
    const child = name ? `${name}/${entry}` : entry
    const found = await stat(path.join(folder, child))
    if (found.isDirectory()) names.push(...(await below(folder, child, [...parents, real])))
    else if (found.isFile()) names.push(child)
  }

  return names
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
const lineOf = (name: string): string[] => name.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))

const slashes = (file: string): string => file.split(path.sep).join('/')

/** macOS may have written ü as two characters where Linux has one. */
const bytesOf = (name: string): Buffer => Buffer.from(name.normalize('NFC'))

function namedIn(error: unknown, folder: string): string {
  const {path: file} = error as NodeJS.ErrnoException
  return file === undefined ? 'it' : slashes(path.relative(folder, file))
}
