import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from './cache.mjs'

const manifestFile = path.join(projectRoot, 'oclif.manifest.json')

/** The manifest of the commands in dist, as `oclif manifest` writes it. Needs a build. */
export async function makeManifest() {
  const {Plugin} = await import('@oclif/core')
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
    root: projectRoot,
    type: 'core',
  })
  await plugin.load()
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`
}

/** Without the manifest every `heroku` command would load our code at start (libraries.md §1): 0.8 s. */
export async function writeManifest() {
  await writeFile(manifestFile, await makeManifest())
}

/** Whether the committed manifest tells of the commands as they are. */
export async function isManifestFresh() {
  return (await readFile(manifestFile, 'utf8').catch(() => '')) === (await makeManifest())
}
