import {createHash} from 'node:crypto'
import {copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

/** Constants of the project that is shipped; they are printed with the results. */
export const PROJECT = {
  /** Layers of the base image: a program, and this much that never changes. */
  baseMb: 16,
  /** Dependencies in the context, in files of 32 KB; they never change. */
  vendorMb: 24,
  /** What a RUN behind the changed line takes, seconds. */
  buildSeconds: 2,
  /** From the start of the web process until it listens, seconds. */
  bootSeconds: 2,
}

/** What a changed line says; a run's own, so that no side profits from what the engine built for another. */
export const MARKER = /marker-[\da-f]{16}/g

/** A folder with `Dockerfile.web` and `Dockerfile.worker`, the same file twice, which is what `container:push -R` wants. */
export type Project = {folder: string; change(mark: string): Promise<void>; remove(): Promise<void>}

const dockerfile = (base: string, buildSeconds: number) => `FROM ${base}
SHELL ["/bin/busybox", "sh", "-c"]
WORKDIR /app
COPY vendor vendor
COPY src src
RUN sleep ${buildSeconds} && echo built > built.txt
CMD ["node", "src/main.cjs"]
`

const MAIN = `
const {createServer} = require('node:http')
const {marker} = require('./marker.cjs')
process.on('SIGTERM', () => process.exit(0))
if (process.env.DYNO.startsWith('web.')) {
  setTimeout(() => createServer((_, res) => res.end(marker)).listen(process.env.PORT), ${PROJECT.bootSeconds * 1000})
} else setInterval(() => {}, 1000)
`

/**
 * @param base name of the image that `writeBase` was built as
 * @param options.programs files of `src`, by name; `main.cjs` is what web and worker run
 */
export async function writeProject(
  base: string,
  {
    buildSeconds = PROJECT.buildSeconds,
    programs = {'main.cjs': MAIN},
    vendorMb = PROJECT.vendorMb,
  }: {buildSeconds?: number; programs?: Record<string, string>; vendorMb?: number} = {},
): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-project-'))
  await writeNoise(path.join(folder, 'vendor'), vendorMb)
  await mkdir(path.join(folder, 'src'))
  for (const [name, text] of Object.entries(programs)) await writeFile(path.join(folder, 'src', name), text)
  for (const type of ['web', 'worker'])
    await writeFile(path.join(folder, `Dockerfile.${type}`), dockerfile(base, buildSeconds))
  return {
    folder,
    async change(mark) {
      const marker = `marker-${createHash('sha256').update(mark).digest('hex').slice(0, 16)}`
      await writeFile(path.join(folder, 'src', 'marker.cjs'), `exports.marker = '${marker}'\n`)
    },
    remove: () => rm(folder, {recursive: true, force: true}),
  }
}

/** The context of a base image, FROM scratch: nothing can be pulled where this runs. */
export async function writeBase(): Promise<{folder: string; remove(): Promise<void>}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-base-'))
  await copyFile('/bin/busybox', path.join(folder, 'busybox'))
  await writeNoise(path.join(folder, 'lib'), PROJECT.baseMb)
  await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/\nCOPY lib /lib/base\n')
  return {folder, remove: () => rm(folder, {recursive: true, force: true})}
}

/** The same bytes each time; half of each file does not compress. */
async function writeNoise(folder: string, megabytes: number): Promise<void> {
  for (let file = 0; file < megabytes * 32; file++) {
    const sub = path.join(folder, `package-${Math.floor(file / 32)}`)
    await mkdir(sub, {recursive: true})
    const noise = Array.from({length: 512}, (_, part) => createHash('sha256').update(`${file} ${part}`).digest())
    const text = 'module.exports = {}\n'.repeat(1024).slice(0, 16 * 1024)
    await writeFile(path.join(sub, `file-${file}.js`), Buffer.concat([...noise, Buffer.from(text)]))
  }
}
