import type {BuildArgs} from '../config/build-args.js'
import type {Engine} from '../docker/types.js'
import type {WindowServices} from '../migrate/services.js'
import type {Registry} from '../registry/types.js'

/** What the steps of a ship work with. */
export type ShipServices = WindowServices & {
  registry: Registry
  /** Connects on first use: archives need no Docker. */
  engine(): Promise<Engine>
  /** The user's Heroku token: the registry's password. Empty when nobody is logged in, which preflight refuses. */
  token: string
  /** Values of the build arguments; they never reach facts or journal. */
  args: BuildArgs
}
