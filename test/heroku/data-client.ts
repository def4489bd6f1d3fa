import {vi} from 'vitest'

import {createDataApi} from '../../src/lib/heroku/data-api.js'
import type {DataApi} from '../../src/lib/heroku/data-types.js'
import type {PlatformOptions} from '../../src/lib/heroku/platform.js'
import type {LocalHeroku} from '../platform/index.js'
import {countingClock, herokuClient} from './heroku-client.js'

/** The Data API of a local Heroku, found by the environment that a local Heroku asks for. */
export function dataApiOf(local: LocalHeroku, options: Partial<PlatformOptions> = {}): DataApi {
  return dataApiAt(local.url, local.env.HEROKU_DATA_HOST, options)
}

export function dataApiAt(
  host: string | undefined,
  dataHost: string | undefined,
  options: Partial<PlatformOptions> = {},
): DataApi {
  const heroku = herokuClient(host)
  vi.stubEnv('HEROKU_DATA_HOST', dataHost)
  vi.stubEnv('HEROKU_POSTGRESQL_HOST', undefined)
  return createDataApi({heroku, clock: countingClock(), signal: new AbortController().signal, ...options})
}
