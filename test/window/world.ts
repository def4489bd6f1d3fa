import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {askApi} from '../platform/ask.js'
import {type LocalHeroku, type PlatformOptions, startPlatform} from '../platform/index.js'
import {postgresBin, psql} from '../platform/data/tools.js'
import {makeImageArchive} from '../platform/registry/make-image.js'
import {type HerokuHome, type HerokuProcess, type HerokuResult, linkedHome, startHeroku} from '../real/heroku-cli.js'
import type {Postgres} from '../real/postgres.js'
import {old, programs, TICKS} from './programs.js'
import {argumentsOf, expectNone, secretsIn} from './secrets.js'

export const APP = 'example-app'

/** How a command ended, with its journals, one after the other. No secret is in any of it: that was looked for. */
export type Ended = HerokuResult & {
  journal: string
  lines(type: string, step: string): Array<{at: number}>
  /** What is on stderr but blank lines, the last ones. */
  last(count: number): string[]
}

export type Running = Omit<HerokuProcess, 'done'> & {done: Promise<Ended>}

type Started = {home?: HerokuHome; env?: NodeJS.ProcessEnv; nodeBinary?: string}

export type World = AsyncDisposable & {
  heroku: LocalHeroku
  webUrl: string
  /** Where commands are started, with the archives. */
  folder: string
  home: HerokuHome
  /** Asks the API. */
  ask(method: string, route: string, body?: unknown): Promise<unknown>
  /** Asks the app's database. */
  sql(text: string): Promise<string>
  databaseUrl: string
  /** Starts `heroku pipeline:…` on the app; `--stable-for 1s` unless told otherwise. */
  start(argv: string[], more?: Started): Promise<Running>
  run(argv: string[], more?: Started): Promise<Ended>
  /** Writes an image archive and returns the flag that ships it. */
  archive(type: string, command: string): Promise<string[]>
  quantities(): Record<string, number>
  /** The log of the app, without the lines of the router. */
  log(): string[]
}

type Seed = {
  images?: typeof old | Record<string, {command: string; files?: Record<string, string>}>
  formation?: Record<string, number>
  plan?: string
  /** Beside those of add-ons. */
  configVars?: Record<string, string>
  stack?: string
  platform?: PlatformOptions
}

/** A local Heroku with one app that is up, whose database is a real one. */
export async function openWorld(postgres: Postgres | undefined, seed: Seed = {}): Promise<World> {
  const {configVars = {}, formation = {web: 1, worker: 2, clock: 1}, images = old, plan = 'essential-1'} = seed
  const heroku = await startPlatform({...(postgres ? {postgres} : {}), ...seed.platform})
  const home = await linkedHome()
  const folder = await mkdtemp(path.join(tmpdir(), 'window-'))
  const {routerPort} = await heroku.createApp(APP, {configVars, ...(seed.stack ? {stack: seed.stack} : {})})

  const ask = (method: string, route: string, body?: unknown): Promise<unknown> => askApi(heroku, method, route, body)
  const vars = async () => (await ask('GET', `/apps/${APP}/config-vars`)) as Record<string, string>

  if (plan) await ask('POST', `/apps/${APP}/addons`, {plan: `heroku-postgresql:${plan}`})
  const databaseUrl = (await vars()).DATABASE_URL ?? ''
  const sql = (text: string): Promise<string> => psql(postgresBin() ?? '', databaseUrl, text)
  if (postgres && plan) await sql(TICKS)
  await heroku.seedRelease(APP, {images, formation})
  await heroku.settled(APP)

  const start: World['start'] = async (argv, {env = {}, home: at = home, ...node} = {}) => {
    const [command = '', ...rest] = argv
    const stable = rest.includes('--stable-for') ? [] : ['--stable-for', '1s']
    const all = [`pipeline:${command}`, '--app', APP, ...stable, ...rest]
    const began = await startHeroku(all, {
      cwd: folder,
      env: {...heroku.env, ...env},
      home: at,
      timeoutMs: 150_000,
      ...node,
    })
    const seen = argumentsOf(began.pid, began.done)
    const done = began.done.then(async (result) => {
      const journal = await journalsIn(at)
      const secrets = secretsIn(await vars(), heroku.apiKey)
      const log = heroku.log(APP).filter((line) => /Starting process with command/.test(line))
      const {stderr, stdout} = result
      expectNone(secrets, {stdout, stderr, journal, arguments: await seen, 'the log of the app': log.join('\n')})
      if (/connecting to /.test(stderr) && !/connecting to postgres:\/\/\w+:\*\*\*@/.test(stderr))
        throw new Error('no mask is seen')
      return ended(result, journal)
    })
    done.catch(() => {})
    return {...began, done}
  }

  return {
    heroku,
    webUrl: `http://127.0.0.1:${routerPort}/`,
    folder,
    home,
    ask,
    sql,
    databaseUrl,
    start,
    run: async (argv, more) => (await start(argv, more)).done,
    async archive(type, command) {
      const file = path.join(folder, `${type}.tar`)
      const files = Object.fromEntries(Object.entries(programs).map(([name, text]) => [`app/${name}`, text]))
      const image = {files: {...files, [`app/${type}`]: type}, command: ['/bin/sh', '-c', command], workdir: '/app'}
      await writeFile(file, await makeImageArchive(image))
      return ['--archive', `${type}=${file}`]
    },
    quantities: () =>
      Object.fromEntries(Object.entries(heroku.world(APP).formation).map(([type, {quantity}]) => [type, quantity])),
    log: () => heroku.log(APP).filter((line) => !line.includes('heroku[router]')),
    async [Symbol.asyncDispose]() {
      await heroku.stop()
      await home.remove()
      await rm(folder, {recursive: true, force: true, maxRetries: 5})
    },
  }
}

function ended(result: HerokuResult, journal: string): Ended {
  const entries = journal
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as {at: string; type: string; step?: string})
  return {
    ...result,
    journal,
    lines: (type, step) =>
      entries.filter((entry) => entry.type === type && entry.step === step).map(({at}) => ({at: Date.parse(at)})),
    last: (count) =>
      result.stderr
        .split('\n')
        .filter((line) => line.trim())
        .slice(-count),
  }
}

async function journalsIn({dir}: HerokuHome): Promise<string> {
  const folder = path.join(dir, 'data', 'heroku', 'pipeline-ship', 'journals', APP)
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(names.sort().map((name) => readFile(path.join(folder, name), 'utf8')))
  return texts.join('')
}
