import type {APIClient} from '@heroku-cli/command'

import {tokenOf} from '../heroku/api-login.js'
import {createDataApi} from '../heroku/data-api.js'
import {createPlatform} from '../heroku/platform.js'
import {openProbe} from '../health/probe.js'
import type {Clock} from '../run/clock.js'
import type {WindowServices} from './services.js'

/** The real services of a window, and the user's token: empty when nobody is logged in, which preflight refuses. */
export async function windowServices(options: {
  heroku: APIClient
  clock: Clock
  /** As the user wrote it, credentials included. */
  healthCheck?: string
  /** Told when Heroku's rate limit makes a call wait. */
  onWait(text: string): void
}): Promise<WindowServices & {token: string}> {
  const {clock, healthCheck, heroku, onWait} = options
  const common = {heroku, clock, onWait, signal: new AbortController().signal}
  return {
    platform: createPlatform(common),
    data: createDataApi(common),
    probe: openProbe(),
    ...(healthCheck === undefined ? {} : {healthCheck}),
    token: (await tokenOf(heroku)) ?? '',
  }
}
