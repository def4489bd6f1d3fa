import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {type LocalHeroku, startPlatform} from '../../platform/index.js'
import {makeImageArchive} from '../../platform/registry/make-image.js'
import {type HerokuHome, type HerokuResult, linkedHome, startHeroku} from '../../real/heroku-cli.js'

export const APP = 'example-app'
export const MINUTE = 60_000

/** An app that is up and logs its memory: 512 MB too much for it, until the release after the one that is there at first. */
export type MemoryRig = AsyncDisposable & {
  heroku: LocalHeroku
  folder: string
  home: HerokuHome
  /** The release that runs at first. */
  first: number
  env: NodeJS.ProcessEnv
  memory(flags: string[], env?: NodeJS.ProcessEnv): Promise<HerokuResult>
  /** A ship of another image, that is up. */
  ship(): Promise<HerokuResult>
  /** The lines of all journals. */
  journal(): Promise<Array<Record<string, unknown>>>
}

const server = `
require('node:http').createServer((_, res) => res.end('hi')).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit(0))
`

/** What a dyno needs at a time, about `around`: no two samples are the same. MiB. */
const wave = (around: number, at: Date, shift: number): number =>
  around + 4 * Math.sin(at.getTime() / 97_000 + shift) + 3 * Math.sin(at.getTime() / 13_000)

export async function openMemoryRig({logged = true, hours = 3, speed = 1, web = 2} = {}): Promise<MemoryRig> {
  const heroku = await startPlatform({speed})
  const folder = await mkdtemp(path.join(tmpdir(), 'memory-'))
  const home = await linkedHome()
  await heroku.createApp(APP, {features: {'log-runtime-metrics': logged}})
  let first = 0
  heroku.knobs(APP).memoryCurves = {
    web: (at, {dyno, release}) => wave(release <= first ? 540 : 201.2, at, dyno === 'web.2' ? 1 : 0),
    worker: (at) => wave(300, at, 2),
  }
  const images = {
    web: {command: 'exec node server.cjs', files: {'server.cjs': server}},
    worker: {command: 'exec sleep 1000'},
  }
  const {version} = await heroku.seedRelease(APP, {images, formation: {web, worker: 1}})
  first = version
  await heroku.settled(APP)
  heroku.passTime(APP, hours * 60 * MINUTE)

  const {env} = heroku
  const run = async (argv: string[], more: NodeJS.ProcessEnv = {}): Promise<HerokuResult> =>
    (await startHeroku(argv, {cwd: folder, env: {...env, ...more}, home})).done
  return {
    heroku,
    folder,
    home,
    first,
    env,
    memory: (flags, more) => run(['pipeline:memory', '--app', APP, ...flags], more),
    async ship() {
      const file = path.join(folder, 'web.tar')
      const command = ['/bin/sh', '-c', 'exec node server.cjs']
      await writeFile(
        file,
        await makeImageArchive({files: {'app/server.cjs': server, 'app/lean': ''}, command, workdir: '/app'}),
      )
      return run(['pipeline:ship', '--app', APP, '--archive', `web=${file}`, '--stable-for', '0s'])
    },
    async journal() {
      const journals = path.join(home.dir, 'data', 'heroku', 'pipeline-ship', 'journals', APP)
      const texts = await Promise.all(
        (await readdir(journals)).map((name) => readFile(path.join(journals, name), 'utf8')),
      )
      return texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    async [Symbol.asyncDispose]() {
      await heroku.stop()
      await home.remove()
      await rm(folder, {recursive: true, force: true, maxRetries: 5})
    },
  }
}
