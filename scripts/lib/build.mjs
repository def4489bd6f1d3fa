import {createHash} from 'node:crypto'
import {cp, mkdir, readFile, readdir, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from './cache.mjs'
import {quietly} from './npm.mjs'
import {Advice, timed} from './say.mjs'

const dist = path.join(projectRoot, 'dist')
const stampFile = path.join(projectRoot, 'node_modules', '.cache', 'heroku-pipeline-ship', 'built')

/** Compiles src to dist, unless dist is what the present sources compile to. */
export async function buildIfStale() {
  const fingerprint = await fingerprintOfInputs()
  const built = await readFile(stampFile, 'utf8').catch(() => '')
  const present = await readdir(dist).catch(() => [])
  if (built === fingerprint && present.length > 0) return
  await timed('Compiling', compile)
  await mkdir(path.dirname(stampFile), {recursive: true})
  await writeFile(stampFile, fingerprint)
}

/** Compiles beside dist and then brings dist up to date file by file: a CLI that runs from dist meanwhile is not cut off. */
async function compile() {
  const fresh = `${dist}-${process.pid}`
  try {
    const tsc = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    const {code, output} = await quietly(process.execPath, [
      tsc,
      '-p',
      projectRoot,
      '--outDir',
      fresh,
      '--noEmitOnError',
    ])
    if (code !== 0) throw new Advice(`Can't compile:\n${output.trim()}`)
    await cp(fresh, dist, {recursive: true})
    await removeExtra(dist, fresh)
  } finally {
    await rm(fresh, {recursive: true, force: true})
  }
}

/**
 * Removes what a former build left and this one did not write.
 * @param {string} dir
 * @param {string} fresh
 */
async function removeExtra(dir, fresh) {
  const [old, wanted] = await Promise.all([filesIn(dir), filesIn(fresh)])
  const keep = new Set(wanted)
  await Promise.all(old.filter((file) => !keep.has(file)).map((file) => rm(path.join(dir, file))))
}

async function fingerprintOfInputs() {
  const sources = (await filesIn(path.join(projectRoot, 'src'))).map((file) => path.join('src', file))
  const hash = createHash('sha256')
  for (const file of [...sources, 'tsconfig.json', 'package-lock.json']) {
    hash
      .update(`${file}\0`)
      .update(await readFile(path.join(projectRoot, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * Paths of all files below a folder, relative to it, sorted.
 * @param {string} dir
 */
async function filesIn(dir) {
  const entries = await readdir(dir, {recursive: true, withFileTypes: true})
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}
