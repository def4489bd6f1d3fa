import type {Faults} from './api/faults.js'
import type {RateLimit} from './api/rate-limit.js'
import type {RunningTransfers} from './data/run-transfer.js'
import type {DynoManager} from './formation/dyno-manager.js'
import type {Knobs} from './knobs.js'
import type {AppLog} from './logs/app-log.js'
import type {LogSession} from './logs/session.js'
import type {Rendezvous} from './one-off/rendezvous.js'
import type {ImageStore} from './registry/image-store.js'
import type {AppListeners} from './router/app-listeners.js'
import type {OutputStream} from './releases/output-stream.js'
import type {AppState, PlatformState} from './state/types.js'
import type {PlatformTime} from './time.js'

/** What every part of the local Heroku works with. */
export type Platform = {
  readonly state: PlatformState
  readonly images: ImageStore
  readonly apiKey: string
  readonly faults: Faults
  readonly rateLimit: RateLimit
  readonly time: PlatformTime
  readonly rendezvous: Rendezvous
  readonly logSessions: Map<string, LogSession>
  readonly streams: Map<string, OutputStream>
  /** `http://localhost:PORT`. */
  url: string
  /** Where layers are unpacked. */
  readonly scratch: string
  readonly listeners: AppListeners
  /** Where the bytes of backups are. */
  readonly backups: string
  readonly transfers: RunningTransfers
  /** URL of a PostgreSQL server in which databases are made; without it they are made up. */
  readonly postgresUrl: string | undefined
  log(app: string): AppLog
  knobs(app: string): Knobs
  dynos(app: AppState): DynoManager
  /** The app's own address, without a trailing slash. */
  webUrl(app: AppState): string
  /** Something of the state is new: write it down. */
  changed(): void
}

/** By name or id; undefined when there is none. */
export const findApp = (state: PlatformState, nameOrId: string): AppState | undefined =>
  state.apps.find((app) => app.name === nameOrId || app.id === nameOrId)
