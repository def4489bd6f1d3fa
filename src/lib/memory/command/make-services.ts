import type {APIClient} from '@heroku-cli/command'

import {tokenOf} from '../../heroku/api-login.js'
import {createMemoryApi} from '../../heroku/memory-api.js'
import {createMetricsApi} from '../../heroku/metrics-api.js'
import {createPlatform} from '../../heroku/platform.js'
import {requireLogin} from '../../app/refusals.js'
import {systemClock} from '../../run/clock.js'
import type {MemoryServices} from '../sources/services.js'

/** The real services, until the signal aborts; `onWait` is told what a read waits for. @throws Refused when nobody is logged in */
export async function memoryServices(options: {
  heroku: APIClient
  signal: AbortSignal
  onWait(text: string): void
}): Promise<MemoryServices> {
  const {heroku, signal} = options
  requireLogin(await tokenOf(heroku))
  const common = {...options, clock: systemClock}
  return {
    platform: createPlatform(common),
    memory: createMemoryApi(common),
    // Nobody waits for what is undocumented as long as for the rest.
    metrics: createMetricsApi({heroku, clock: systemClock, signal, deadlines: {readMs: 8000}}),
    clock: systemClock,
    signal,
  }
}
