import {createHash} from 'node:crypto'
import {copyFile, mkdir, readFile, readdir, rm, writeFile} from 'node:fs/promises'
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
    // The maps would name sources that the package does not hold.
    const options = ['--outDir', fresh, '--noEmitOnError', '--sourceMap', 'false']
    const {code, output} = await quietly(process.execPath, [tsc, '-p', projectRoot, ...options])
    if (code !== 0) throw new Advice(`Can't compile:\n${output.trim()}`)
    await bringUpToDate(await filesIn(fresh), fresh)
  } finally {
    await rm(fresh, {recursive: true, force: true})
  }
}

/**
 * Makes dist hold exactly these files.
 * @param {string[]} files
 * @param {string} fresh where they are
 */
async function bringUpToDate(files, fresh) {
  for (const file of files) {
    await mkdir(path.dirname(path.join(dist, file)), {recursive: true})
    await copyFile(path.join(fresh, file), path.join(dist, file))
  }
  const keep = new Set(files)
  const left = (await filesIn(dist)).filter((file) => !keep.has(file))
  await Promise.all(left.map((file) => rm(path.join(dist, file))))
}

async function fingerprintOfInputs() {
  const sources = (await filesIn(path.join(projectRoot, 'src'))).map((file) => path.join('src', file))
  const hash = createHash('sha256')
  for (const file of [...sources, 'tsconfig.json', 'package-lock.json', 'scripts/lib/build.mjs']) {
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
