import {Advice, say} from './say.mjs'

const oldestNode = 20

/**
 * Makes a fresh clone ready: dependencies installed, and with `build` compiled. Does nothing when nothing is missing.
 * Only Node's own modules are loaded before the dependencies are there.
 * @param {{build?: boolean}} [options]
 * @throws Advice: old Node, no npm, no network, sources that do not compile
 */
export async function ensureReady({build = false} = {}) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < oldestNode) {
    throw new Advice(`This needs Node.js ${oldestNode} or newer; this is ${process.version} (${process.execPath}).`)
  }
  const {installDependencies} = await import('./dependencies.mjs')
  await installDependencies()
  if (!build) return
  const {buildIfStale} = await import('./build.mjs')
  await buildIfStale()
}

/**
 * As `ensureReady`, for scripts: also warns when the committed manifest is behind the commands.
 */
export async function warnIfManifestStale() {
  const {isManifestFresh} = await import('./manifest.mjs')
  if (!(await isManifestFresh())) say('oclif.manifest.json is behind the commands: run `npm run manifest`.')
}
