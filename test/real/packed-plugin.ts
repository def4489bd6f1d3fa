import {execFile} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {ensureReady} from '../../scripts/lib/setup.mjs'

const run = promisify(execFile)

/** The tarball that `npm publish` would send, its absolute path and the files in it. */
export type PackedPlugin = {tarball: string; files: string[]; remove(): Promise<void>}

/** Packs the plugin of this work tree. The scripts of `npm pack` stay out: prepack writes into the work tree. */
export async function packPlugin(): Promise<PackedPlugin> {
  await ensureReady({build: true})
  const dir = await mkdtemp(path.join(tmpdir(), 'heroku-pipeline-ship-pack-'))
  const argv = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', dir]
  const {stdout} = await run('npm', argv, {cwd: projectRoot, timeout: 60_000})
  const [packed] = JSON.parse(stdout) as Array<{filename: string; files: Array<{path: string}>}>
  if (!packed) throw new Error(`npm pack says nothing: ${stdout}`)
  return {
    tarball: path.join(dir, packed.filename),
    files: packed.files.map((file) => file.path).sort(),
    remove: () => rm(dir, {recursive: true, force: true}),
  }
}
