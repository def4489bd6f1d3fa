import {mkdirSync, mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {Faults, type Fault, type SetFault} from './api/faults.js'
import {RateLimit} from './api/rate-limit.js'
import {fillExampleApp} from './example-app.js'
import {DynoManager} from './formation/dyno-manager.js'
import {defaultKnobs, type Knobs} from './knobs.js'
import {AppLog} from './logs/app-log.js'
import {findApp, type Platform} from './platform.js'
import {ImageStore} from './registry/image-store.js'
import {AppListeners, listen} from './router/app-listeners.js'
import {seedRelease, type SeedImages} from './seed.js'
import {platformServer, type AskedRequest} from './serve.js'
import {newApp, type AppOptions} from './state/new-app.js'
import {newState, readState, writeState} from './state/state-file.js'
import type {AppState, ReleaseState} from './state/types.js'
import {PlatformTime} from './time.js'
import {worldOf, type World} from './world.js'

export type {Fault, SetFault} from './api/faults.js'
export type {Knobs} from './knobs.js'
export type {AskedRequest} from './serve.js'
export type {World} from './world.js'

export type PlatformOptions = {
  /** 0 (default) = any that is free. */
  port?: number
  /** Read at the start, written on every change; images are kept in a folder beside it. Absent = nothing is kept. */
  stateFile?: string
  /** Divides the platform's own waits: boot timeout, kill delay, cool-off, preboot. Default 1. */
  speed?: number
  /** Start with `example-app`, unless the state file already has it. */
  exampleApp?: boolean
  /** Default: the state file's, else a new one. */
  apiKey?: string
}

/** Heroku as platform-facts says, in this process, on loopback. */
export type LocalHeroku = {
  /** `http://localhost:PORT`: API, registry (`/v2/`), log sessions and release output. An app has its own `web_url`. */
  url: string
  port: number
  apiKey: string
  /** What a client must have in its environment. */
  env: Record<string, string>
  /** Everything asked so far, oldest first. */
  requests: AskedRequest[]
  createApp(name: string, options?: AppOptions): Promise<AppState>
  seedRelease(
    app: string,
    seed: {images: SeedImages; formation?: NonNullable<AppOptions['formation']>},
  ): Promise<ReleaseState>
  fault(fault: Fault): SetFault
  clearFaults(): void
  /** The app's switches; change them in place. */
  knobs(app: string): Knobs
  /** Calls left; may be set. */
  rateLimit: {remaining: number}
  world(app: string): World
  /** The whole log of an app that is still kept, formatted. */
  log(app: string): string[]
  /** Ends every dyno and waits for it. */
  stop(): Promise<void>
}

export async function startPlatform(options: PlatformOptions = {}): Promise<LocalHeroku> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'local-heroku-'))
  const {stateFile} = options
  const platform = newPlatform(options, scratch)
  const listeners = new AppListeners()
  const requests: AskedRequest[] = []
  const server = platformServer(platform, requests)
  const port = await listen(server, options.port ?? 0)
  platform.url = `http://localhost:${port}`
  for (const app of platform.state.apps) {
    await listeners.open(platform, app)
    platform.dynos(app).converge()
  }

  const appNamed = (name: string): AppState => {
    const app = findApp(platform.state, name)
    if (!app) throw new Error(`The local Heroku has no app ${name}`)
    return app
  }

  const local: LocalHeroku = {
    url: platform.url,
    port,
    apiKey: platform.apiKey,
    env: clientEnv(platform),
    requests,
    async createApp(name, appOptions) {
      const app = newApp(name, platform.state.account.email, appOptions)
      platform.state.apps.push(app)
      await listeners.open(platform, app)
      platform.changed()
      return app
    },
    seedRelease: (app, {images, formation}) => seedRelease(platform, appNamed(app), images, formation),
    fault: (fault) => platform.faults.add(fault),
    clearFaults: () => platform.faults.clear(),
    knobs: (app) => platform.knobs(appNamed(app).name),
    rateLimit: platform.rateLimit,
    world: (app) => worldOf(platform, appNamed(app)),
    log: (app) => platform.log(appNamed(app).name).formatted(),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all(platform.state.apps.map((app) => platform.dynos(app).stopAll(2000)))
      platform.time.stop()
      server.closeAllConnections()
      await Promise.all([closed, listeners.close()])
      if (stateFile) writeState(stateFile, platform.state)
      await rm(scratch, {recursive: true, force: true, maxRetries: 3})
    },
  }
  if (options.exampleApp && !findApp(platform.state, 'example-app')) {
    await fillExampleApp(platform, await local.createApp('example-app'))
  }

  return local
}

function newPlatform({apiKey, speed = 1, stateFile}: PlatformOptions, scratch: string): Platform {
  const images = stateFile ? `${stateFile}.images` : path.join(scratch, 'images')
  mkdirSync(images, {recursive: true})
  const state = (stateFile && readState(stateFile)) || newState()
  const logs = perName(() => new AppLog())
  const knobs = perName(defaultKnobs)
  const managers = new Map<string, DynoManager>()
  const platform: Platform = {
    state,
    images: new ImageStore(images),
    apiKey: apiKey ?? state.apiKey,
    faults: new Faults(),
    rateLimit: new RateLimit(),
    time: new PlatformTime(speed),
    logSessions: new Map(),
    streams: new Map(),
    url: '',
    scratch,
    log: logs,
    knobs,
    dynos(app) {
      const manager = managers.get(app.id) ?? new DynoManager(platform, app)
      managers.set(app.id, manager)
      return manager
    },
    webUrl: (app) => `http://127.0.0.1:${app.routerPort}`,
    changed() {
      if (stateFile) writeState(stateFile, state)
    },
  }
  return platform
}

function perName<T>(make: () => T): (name: string) => T {
  const made = new Map<string, T>()
  return (name) => {
    const known = made.get(name) ?? make()
    made.set(name, known)
    return known
  }
}

/**
 * Found by trial (design §8). HEROKU_DATA_HOST is a host name without a port: the CLI keeps the API's. Particleboard would
 * be asked over the internet at each `/account`; the header keeps its calls apart from the API's.
 */
function clientEnv({apiKey, url}: Platform): Record<string, string> {
  return {
    HEROKU_HOST: url,
    HEROKU_API_KEY: apiKey,
    HEROKU_DATA_HOST: 'localhost',
    HEROKU_PARTICLEBOARD_URL: url,
    HEROKU_PARTICLEBOARD_HEADERS: '{"x-particleboard":"1"}',
  }
}
