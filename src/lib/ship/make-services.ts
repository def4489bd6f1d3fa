import type {APIClient} from '@heroku-cli/command'

import type {BuildArgs} from '../config/build-args.js'
import type {Engine} from '../docker/types.js'
import {apiUrl, tokenOf} from '../heroku/api-login.js'
import {createPlatform} from '../heroku/platform.js'
import {registryHost} from '../heroku/registry-host.js'
import {createRegistry} from '../registry/registry.js'
import type {Clock} from '../run/clock.js'
import type {ShipServices} from './services.js'

/** The real services. Docker is connected on first use, so that archives need none and nothing of it is loaded for them. */
export async function shipServices(options: {
  heroku: APIClient
  args: BuildArgs
  clock: Clock
  /** Told when Heroku's rate limit makes a call wait. */
  onWait(text: string): void
}): Promise<ShipServices> {
  const {args, clock, heroku, onWait} = options
  const token = (await tokenOf(heroku)) ?? ''
  let engine: Promise<Engine> | undefined
  return {
    platform: createPlatform({heroku, clock, onWait, signal: new AbortController().signal}),
    registry: createRegistry({host: registryHost(process.env, apiUrl(heroku)), password: token}),
    async engine() {
      engine ??= import('../docker/engine.js').then(({createEngine}) => createEngine(process.env))
      return engine
    },
    token,
    args,
  }
}
