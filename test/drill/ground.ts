import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {APP} from '../failures/setup.js'
import {askApi} from '../platform/ask.js'
import {type LocalHeroku, startPlatform, type World} from '../platform/index.js'
import {makeImageArchive} from '../platform/registry/make-image.js'
import {type HerokuHome, linkedHome} from '../real/heroku-cli.js'
import {secretsIn} from '../window/secrets.js'
import type {CommandId} from './point.js'

export {APP} from '../failures/setup.js'

/** How often things happened that may happen once. */
export type Counts = {migrations: number; backups: number; releases: number}

/** A local Heroku of its own with an app that is up, and a machine from which it is shipped. */
export type Ground = AsyncDisposable & {
  heroku: LocalHeroku
  folder: string
  home: HerokuHome
  argv: string[]
  world(): World
  counts(): Promise<Counts>
  /** Waits until no dyno starts any more, at most 10 s. */
  settled(): Promise<void>
  /** What must be nowhere. */
  secrets(): Promise<string[]>
  /** Text of every journal in a home directory. */
  journals(home: HerokuHome): Promise<Record<string, string>>
}

/** Waits of the platform, such as that for a dyno that is told to stop, are that much shorter. */
const SPEED = 60
const PASSWORD = 'a-password-of-nobody'

/**
 * web and two workers stop for the window, so that nothing has to be waited for; the clock is kept up, and restarts. Preboot is on.
 * @param lastsS how long the migration lasts, in seconds; `exit`: its status
 * @param plugin folder of the plugin
 */
export async function openGround(
  command: CommandId,
  {exit = 0, lastsS = 0.2, plugin}: {exit?: number; lastsS?: number; plugin?: string | undefined} = {},
): Promise<Ground> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drill-'))
  const ran = path.join(folder, 'ran')
  await mkdir(ran)
  const heroku = await startPlatform({speed: SPEED})
  const home = await linkedHome(plugin)
  const configVars = {
    RAN: ran,
    LASTS: `${lastsS}`,
    EXIT: `${exit}`,
    PRIVATE_URL: `redis://:${PASSWORD}@cache.example.com:6379`,
  }
  await heroku.createApp(APP, {features: {preboot: true}, configVars})
  await askApi(heroku, 'POST', `/apps/${APP}/addons`, {plan: 'heroku-postgresql:essential-0'})
  await heroku.seedRelease(APP, {images: images('old'), formation: {web: 1, worker: 2, clock: 1}})
  await heroku.settled(APP)
  const releases = heroku.world(APP).releases

  return {
    heroku,
    folder,
    home,
    argv: [...argvOf(command), ...(command === 'pipeline:ship --migrate' ? await archives(folder) : [])],
    world: () => structuredClone(heroku.world(APP)),
    async counts() {
      const text = await readFile(path.join(ran, 'migrate'), 'utf8').catch(() => '')
      const transfers = (await askApi(heroku, 'GET', `/client/v11/apps/${APP}/transfers`)) as unknown[]
      return {
        migrations: text.split('\n').length - 1,
        backups: transfers.length,
        releases: heroku.world(APP).releases - releases,
      }
    },
    settled: async () => void (await heroku.settled(APP, 10_000).catch(() => {})),
    async secrets() {
      const vars = (await askApi(heroku, 'GET', `/apps/${APP}/config-vars`)) as Record<string, string>
      const {RAN: _, ...hidden} = vars
      const sessions = heroku.requests.flatMap(
        ({path: asked}) => /^\/(?:logplex|streams|backups)\/([^/?]+)/.exec(asked)?.[1] ?? [],
      )
      return [...secretsIn(hidden, heroku.apiKey), ...sessions]
    },
    async journals(of) {
      const root = path.join(of.dir, 'data', 'heroku', 'pipeline-ship', 'journals', APP)
      const names = await readdir(root).catch(() => [])
      const read = names
        .sort()
        .map(async (name) => [path.join(root, name), await readFile(path.join(root, name), 'utf8')])
      return Object.fromEntries(await Promise.all(read)) as Record<string, string>
    },
    async [Symbol.asyncDispose]() {
      await heroku.stop()
      await home.remove()
      await rm(folder, {recursive: true, force: true, maxRetries: 5})
    },
  }
}

/** Another machine: nothing of the run is on it. */
export const elsewhere = (plugin?: string): Promise<HerokuHome> => linkedHome(plugin)

function argvOf(command: CommandId): string[] {
  const window = [
    '--app',
    APP,
    '--scale-down',
    'web',
    '--keep-up',
    'clock',
    '--stable-for',
    '0s',
    '--backup',
    'capture',
  ]
  return command === 'pipeline:ship --migrate'
    ? ['pipeline:ship', ...window, '--migrate', 'sh migrate']
    : ['pipeline:maintenance-migrate', ...window, '--', 'sh', 'migrate']
}

const SERVER = `require('node:http').createServer((_, res) => res.end('well')).listen(process.env.PORT)`
const MIGRATE = 'echo ran >> "$RAN/migrate"\necho migrating\nsleep "$LASTS"\necho migrated\nexit "$EXIT"\n'

function images(version: string) {
  const files = {version, migrate: MIGRATE, 'server.cjs': SERVER}
  return {
    web: {command: 'exec node server.cjs', files},
    worker: {command: 'exec sleep 2000', files: {version}},
    clock: {command: 'exec sleep 1000', files: {version}},
  }
}

async function archives(folder: string): Promise<string[]> {
  const flags = Object.entries(images('new')).map(async ([type, {command, files}]) => {
    const file = path.join(folder, `${type}.tar`)
    const placed = Object.fromEntries(Object.entries(files).map(([name, text]) => [`app/${name}`, text]))
    await writeFile(file, await makeImageArchive({files: placed, command: ['/bin/sh', '-c', command], workdir: '/app'}))
    return ['--archive', `${type}=${file}`]
  })
  return (await Promise.all(flags)).flat()
}
