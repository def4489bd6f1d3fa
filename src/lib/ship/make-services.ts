import type {APIClient} from '@heroku-cli/command'

import type {BuildArgs} from '../config/build-args.js'
import type {Engine} from '../docker/types.js'
import {apiUrl} from '../heroku/api-login.js'
import {createMetricsApi} from '../heroku/metrics-api.js'
import {registryHost} from '../heroku/registry-host.js'
import {createRegistry} from '../registry/registry.js'
import {PATIENCE_MS} from '../memory/sources/baseline.js'
import {windowServices} from '../migrate/make-services.js'
import type {Clock} from '../run/clock.js'
import type {ShipServices} from './services.js'

/** The real services. Docker is connected on first use, so that archives need none and nothing of it is loaded for them. */
export async function shipServices(options: {
  heroku: APIClient
  args: BuildArgs
  clock: Clock
  healthCheck?: string
  /** Told when Heroku's rate limit makes a call wait. */
  onWait(text: string): void
}): Promise<ShipServices> {
  const {args, clock, heroku} = options
  const window = await windowServices(options)
  let engine: Promise<Engine> | undefined
  return {
    ...window,
    registry: createRegistry({host: registryHost(process.env, apiUrl(heroku)), password: window.token}),
    metrics: (signal) => createMetricsApi({heroku, clock, signal, deadlines: {readMs: PATIENCE_MS}}),
    async engine() {
      engine ??= import('../docker/engine.js').then(({createEngine}) => createEngine(process.env))
      return engine
    },
    args,
  }
}
