import type {APIClient} from '@heroku-cli/command'

import {tokenOf} from '../../heroku/api-login.js'
import {createMemoryApi} from '../../heroku/memory-api.js'
import {createMetricsApi} from '../../heroku/metrics-api.js'
import {createPlatform} from '../../heroku/platform.js'
import {Refused} from '../../app/refused.js'
import {systemClock} from '../../run/clock.js'
import type {MemoryServices} from '../sources/services.js'

/** The real services, until the signal aborts. @throws Refused when nobody is logged in */
export async function memoryServices(heroku: APIClient, signal: AbortSignal): Promise<MemoryServices> {
  if (!(await tokenOf(heroku))) {
    const fix = 'Log in with heroku login, or set HEROKU_API_KEY in CI.'
    throw new Refused([{message: 'You are not logged in to Heroku.', fix}])
  }

  const onWait = (text: string): void => void process.stderr.write(`${text}\n`)
  const common = {heroku, clock: systemClock, onWait, signal}
  return {
    platform: createPlatform(common),
    memory: createMemoryApi(common),
    // Nobody waits for what is undocumented as long as for the rest.
    metrics: createMetricsApi({heroku, clock: systemClock, signal, deadlines: {readMs: 8000}}),
    clock: systemClock,
    signal,
  }
}
