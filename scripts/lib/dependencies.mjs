import {readFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from './cache.mjs'
import {npm} from './npm.mjs'
import {timed} from './say.mjs'

/**
 * Installs what package-lock.json names when node_modules holds anything else: a fresh clone, a changed lock file, or an
 * install that NODE_ENV=production cut short. npm's own record of what it installed is the stamp.
 */
export async function installDependencies() {
  if (await areInstalled()) return
  await timed('Installing the dependencies (npm ci)', () =>
    npm(['ci', '--include=dev'], {what: 'install the dependencies'}),
  )
}

async function areInstalled() {
  const [wanted, installed] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map(readPackages),
  )
  if (!wanted || !installed) return false
  return Object.entries(wanted).every(
    ([where, {version, optional}]) => where === '' || optional || installed[where]?.version === version,
  )
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, {version: string, optional?: boolean}> | undefined>}
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(path.join(projectRoot, file), 'utf8')).packages
  } catch {
    return undefined
  }
}
