// fs.cp is marked experimental in Node 20 and has not changed since.
// eslint-disable-next-line n/no-unsupported-features/node-builtins
import {cp, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {projectRoot} from '../../scripts/lib/cache.mjs'

/** A bug planted in a copy of the compiled plugin: a text of one file, and what stands there instead. */
export type Bug = {file: string; text: string; instead: string}

/** Copies the compiled plugin and plants a bug in it. @throws when the text to replace is not there: then nothing was planted */
export async function plant({file, instead, text}: Bug): Promise<{folder: string; remove(): Promise<void>}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'planted-'))
  for (const part of ['bin', 'dist', 'package.json', 'oclif.manifest.json']) {
    await cp(path.join(projectRoot, part), path.join(folder, part), {recursive: true})
  }

  await symlink(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'), 'dir')
  const place = path.join(folder, 'dist', file)
  const source = await readFile(place, 'utf8')
  if (!source.includes(text)) throw new Error(`${file} has no "${text}" to plant a bug in`)
  await writeFile(place, source.replace(text, instead))
  return {folder, remove: () => rm(folder, {recursive: true, force: true})}
}
