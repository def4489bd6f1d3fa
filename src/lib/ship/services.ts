import type {BuildArgs} from '../config/build-args.js'
import type {Engine} from '../docker/types.js'
import type {WindowServices} from '../migrate/services.js'
import type {MetricsApi} from '../heroku/metrics-types.js'
import type {Registry} from '../registry/types.js'

/** What the steps of a ship work with. */
export type ShipServices = WindowServices & {
  registry: Registry
  /** The metrics host, for as long as the signal lets it. */
  metrics?(signal: AbortSignal): MetricsApi
  /** Connects on first use: archives need no Docker. */
  engine(): Promise<Engine>
  /** The user's Heroku token: the registry's password. Empty when nobody is logged in, which preflight refuses. */
  token: string
  /** Values of the build arguments; they never reach facts or journal. */
  args: BuildArgs
}
