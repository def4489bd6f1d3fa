import {mkdtemp, rm} from 'node:fs/promises'
import type {Server} from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Fault, SetFault} from './api/faults.js'
import {runSchedules} from './data/schedules.js'
import {fillExampleApp} from './example-app.js'
import {scaleAsSomebodyElse} from './formation/autoscaler.js'
import type {Knobs} from './knobs.js'
import {passTime} from './metrics/pass-time.js'
import {metricsEnv, tunnelMetrics} from './metrics/proxy.js'
import {writeCaFile} from './one-off/ca-file.js'
import {findApp, type Platform} from './platform.js'
import {newPlatform} from './new-platform.js'
import {listen} from './router/app-listeners.js'
import {seedRelease, type SeedImages} from './seed.js'
import {platformServer, type AskedRequest} from './serve.js'
import {createApp} from './state/create-app.js'
import type {AppOptions} from './state/new-app.js'
import {writeState} from './state/state-file.js'
import type {AppState, ReleaseState} from './state/types.js'
import {settledWorld, worldOf, type World} from './world.js'

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
  /** Everything but apps is answered this much later, in real milliseconds. Default 0; `latency` of the platform changes it. */
  latencyMs?: number
  /** Default: the state file's, else a new one. */
  apiKey?: string
  /** A server whose role may create databases: a Heroku Postgres is then a real one. Without it, it is made up. */
  postgres?: {url: string}
}

/** Heroku as platform-facts says, in this process, on loopback. */
export type LocalHeroku = {
  /** `http://localhost:PORT`: API, registry (`/v2/`), log sessions and release output. An app has its own `web_url`. */
  url: string
  port: number
  apiKey: string
  /** What a client must have in its environment. */
  env: Record<string, string>
  /** Beside `env`, for the stock CLI's commands that ask `api.metrics.heroku.com`: ps:autoscale, apps:errors. */
  metricsEnv: Record<string, string>
  /** Everything asked so far, oldest first. */
  requests: AskedRequest[]
  /** Serves any connection that is handed to it, as the TLS front does. */
  server: Server
  createApp(name: string, options?: AppOptions): Promise<AppState>
  seedRelease(
    app: string,
    seed: {images: SeedImages; formation?: NonNullable<AppOptions['formation']>},
  ): Promise<ReleaseState>
  fault(fault: Fault): SetFault
  clearFaults(): void
  /** The app's switches; change them in place. */
  knobs(app: string): Knobs
  /** The hour of the app's backup schedules comes. */
  runSchedules(app: string): void
  /** The day of the app's dynos is over: they are cycled, as the knob `cycleMs` does by itself. */
  cycle(app: string): void
  /** All that happened is so many milliseconds longer ago; dynos that log their memory did so meanwhile. */
  passTime(app: string, ms: number): void
  /** Somebody else scales: the log names `autoscaler@example.com`. */
  autoscale(app: string, type: string, quantity: number): void
  /** Of every answer but those of apps, in real milliseconds; may be set. */
  latency: {ms: number}
  /** Calls left; may be set. */
  rateLimit: {remaining: number}
  world(app: string): World
  /** The world once no release is pending and no dyno is starting or missing. @throws Error after `ms`, default 15 s */
  settled(app: string, ms?: number): Promise<World>
  /** The whole log of an app that is still kept, formatted. */
  log(app: string): string[]
  /** Ends every dyno and waits for it. */
  stop(): Promise<void>
}

export async function startPlatform(options: PlatformOptions = {}): Promise<LocalHeroku> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'local-heroku-'))
  const removeScratch = () => rm(scratch, {recursive: true, force: true, maxRetries: 3})
  const {stateFile} = options
  const platform = newPlatform(options, scratch)
  const requests: AskedRequest[] = []
  const latency = {ms: options.latencyMs ?? 0}
  const server = platformServer(platform, requests, latency)
  tunnelMetrics(server)
  const port = await listen(server, options.port ?? 0).catch(async (error) => {
    await removeScratch()
    throw error
  })
  platform.url = `http://localhost:${port}`
  await platform.rendezvous.listen()
  for (const app of platform.state.apps) {
    await platform.listeners.open(platform, app)
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
    metricsEnv: metricsEnv(platform.url),
    requests,
    server,
    createApp: (name, appOptions) => createApp(platform, name, appOptions),
    seedRelease: (app, {images, formation}) => seedRelease(platform, appNamed(app), images, formation),
    fault: (fault) => platform.faults.add(fault),
    clearFaults: () => platform.faults.clear(),
    knobs: (app) => platform.knobs(appNamed(app).name),
    runSchedules: (app) => runSchedules(platform, appNamed(app)),
    cycle: (app) => platform.dynos(appNamed(app)).cycle(),
    passTime: (app, ms) => passTime(platform, appNamed(app), ms),
    autoscale: (app, type, quantity) => scaleAsSomebodyElse(platform, appNamed(app), type, quantity),
    latency,
    rateLimit: platform.rateLimit,
    world: (app) => worldOf(platform, appNamed(app)),
    settled: (app, ms = 15_000) => settledWorld(platform, appNamed(app), ms),
    log: (app) => platform.log(appNamed(app).name).formatted(),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all([
        platform.transfers.stop(),
        ...platform.state.apps.map((app) => platform.dynos(app).stopAll(2000)),
      ])
      platform.time.stop()
      server.closeAllConnections()
      await Promise.all([closed, platform.listeners.close(), platform.rendezvous.close()])
      if (stateFile) writeState(stateFile, platform.state)
      await removeScratch()
    },
  }
  if (options.exampleApp && !findApp(platform.state, 'example-app')) {
    await fillExampleApp(platform, await local.createApp('example-app'))
  }

  return local
}

/**
 * Found by trial (design §8). HEROKU_DATA_HOST is a host name without a port: the CLI keeps the API's. Particleboard would
 * be asked over the internet at each `/account`; the header keeps its calls apart from the API's. HEROKU_METRICS_HOST is the
 * official SDK's, a base URL.
 */
function clientEnv({apiKey, rendezvous, scratch, url}: Platform): Record<string, string> {
  return {
    HEROKU_HOST: url,
    HEROKU_API_KEY: apiKey,
    HEROKU_DATA_HOST: 'localhost',
    HEROKU_METRICS_HOST: url,
    HEROKU_PARTICLEBOARD_URL: url,
    HEROKU_PARTICLEBOARD_HEADERS: '{"x-particleboard":"1"}',
    NODE_EXTRA_CA_CERTS: writeCaFile(scratch, rendezvous.ca),
  }
}
