import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {APP} from '../failures/setup.js'
import {askApi} from '../platform/ask.js'
import {type Knobs, type LocalHeroku, startPlatform, type World} from '../platform/index.js'
import {makeImageArchive} from '../platform/registry/make-image.js'
import {type HealthServer, startHealthServer} from './health-server.js'

export {APP} from '../failures/setup.js'

/** What the commands do besides noting that they ran; shell. */
export type Commands = Partial<Record<'flush' | 'migrate' | 'smoke' | 'undo', string>>

/** The exported world, and what else a window touches: how often each command ran, and the backups that are there. */
export type WindowWorld = World & {ran: Record<string, number>; backups: Record<string, string>}

/** A local Heroku with an app to open a window on, and a server that answers its health check. */
export type WindowSetup = {
  heroku: LocalHeroku
  folder: string
  health: HealthServer
  /** Writes archives of new images into the folder, and returns the flags that ship them. */
  archives(commands: {newWorker?: string | undefined; releasePhase?: string | undefined}): Promise<string[]>
  world(): Promise<WindowWorld>
  /** Waits until no dyno starts any more, at most 10 s. */
  settled(): Promise<void>
  remove(): Promise<void>
}

/**
 * web is at 0, so that no request has to be waited for; two workers stop for the window; the clock is kept up, and restarts.
 * Preboot is on. Commands note in a folder that they ran.
 */
export async function setUp({
  commands = {},
  knobs = {},
  maintenance = false,
}: {
  commands?: Commands
  knobs?: Partial<Knobs>
  maintenance?: boolean
}): Promise<WindowSetup> {
  const folder = await mkdtemp(path.join(tmpdir(), 'window-failures-'))
  const ran = path.join(folder, 'ran')
  await mkdir(ran)
  const heroku = await startPlatform({speed: 20})
  const health = await startHealthServer()
  await heroku.createApp(APP, {features: {preboot: true}, maintenance, configVars: varsOf(ran, commands)})
  Object.assign(heroku.knobs(APP), knobs)
  await askApi(heroku, 'POST', `/apps/${APP}/addons`, {plan: 'heroku-postgresql:essential-0'})
  await heroku.seedRelease(APP, {images: images('old'), formation: {web: 0, worker: 2, clock: 1}})
  await heroku.settled(APP)

  const setup: WindowSetup = {
    heroku,
    folder,
    health,
    async archives({newWorker, releasePhase}) {
      const all = {
        ...images('new', newWorker),
        ...(releasePhase ? {release: {command: releasePhase, files: {version: 'new'}}} : {}),
      }
      const flags = Object.entries(all).map(async ([type, {command, files}]) => {
        const file = path.join(folder, `${type}.tar`)
        const placed = Object.fromEntries(Object.entries(files).map(([name, text]) => [`app/${name}`, text]))
        const spec = {files: placed, command: ['/bin/sh', '-c', command], workdir: '/app'}
        await writeFile(file, await makeImageArchive(spec))
        return ['--archive', `${type}=${file}`]
      })
      return (await Promise.all(flags)).flat()
    },
    world: async () => ({
      ...structuredClone(heroku.world(APP)),
      ran: await countRuns(ran),
      backups: await backupsOf(heroku),
    }),
    settled: async () => void (await heroku.settled(APP, 10_000).catch(() => {})),
    async remove() {
      await Promise.all([heroku.stop(), health.stop()])
      await rm(folder, {recursive: true, force: true, maxRetries: 5})
    },
  }
  return setup
}

const NAMES = ['migrate', 'flush', 'smoke', 'undo'] as const

function varsOf(ran: string, commands: Commands): Record<string, string> {
  const does = NAMES.map((name) => [`DOES_${name}`, commands[name] ?? 'true'])
  return {RAN: ran, ...Object.fromEntries(does)} as Record<string, string>
}

/** `sh migrate` notes that it ran, then does what the config var says. */
function images(version: string, worker = 'exec sleep 1000') {
  const scripts = NAMES.map((name) => [name, `echo ran >> "$RAN/${name}"\necho ${name}\neval "$DOES_${name}"\n`])
  const files = {version, ...(Object.fromEntries(scripts) as Record<string, string>)}
  return {
    web: {command: 'exec sleep 1000', files},
    worker: {command: worker, files: {version}},
    clock: {command: 'exec sleep 1000', files: {version}},
  }
}

async function countRuns(folder: string): Promise<Record<string, number>> {
  const counts = NAMES.map(async (name) => {
    const text = await readFile(path.join(folder, name), 'utf8').catch(() => '')
    return [name, text.split('\n').length - 1]
  })
  return Object.fromEntries(await Promise.all(counts)) as Record<string, number>
}

async function backupsOf(heroku: LocalHeroku): Promise<Record<string, string>> {
  type Transfer = {num: number; succeeded: boolean | null; finished_at: string | null; canceled_at: string | null}
  const transfers = (await askApi(heroku, 'GET', `/client/v11/apps/${APP}/transfers`)) as Transfer[]
  const stateOf = ({canceled_at, finished_at, succeeded}: Transfer): string =>
    canceled_at ? 'cancelled' : finished_at ? (succeeded ? 'complete' : 'failed') : 'running'
  return Object.fromEntries(transfers.map((one) => [`b${String(one.num).padStart(3, '0')}`, stateOf(one)]))
}
