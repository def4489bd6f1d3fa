import {APIClient} from '@heroku-cli/command'
import type {Config} from '@oclif/core/interfaces'
import {vi} from 'vitest'

import {createPlatform, type PlatformOptions} from '../../src/lib/heroku/platform.js'
import type {Platform} from '../../src/lib/heroku/types.js'
import type {Clock} from '../../src/lib/run/clock.js'

export const TOKEN = 'HRKU-5ecre7-70ken-0f-7he-7e57'

/** The client a command gets from the CLI, logged in by HEROKU_API_KEY. */
export function herokuClient(host?: string): APIClient {
  for (const name of [
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'https_proxy',
    'http_proxy',
    'NO_PROXY',
    'no_proxy',
    'HEROKU_HEADERS',
  ]) {
    vi.stubEnv(name, undefined)
  }

  vi.stubEnv('HEROKU_API_KEY', TOKEN)
  vi.stubEnv('HEROKU_HOST', host)
  return new APIClient({version: '1.2.3', platform: 'linux', name: 'heroku'} as unknown as Config)
}

/** A clock that only counts what is waited for; each wait lets everything else run first. */
export function countingClock(): Clock & {waits: number[]} {
  let passed = 0
  const waits: number[] = []
  const start = Date.now()
  return {
    waits,
    now: () => start + passed,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      waits.push(ms)
      passed += ms
      await new Promise((resolve) => setTimeout(resolve, 2))
      signal?.throwIfAborted()
    },
  }
}

export function platformAt(host: string | undefined, options: Partial<PlatformOptions> = {}): Platform {
  const signal = new AbortController().signal
  return createPlatform({heroku: herokuClient(host), clock: countingClock(), signal, ...options})
}

/** Everything of an error that could reach a person, a log or a JSON. */
export function allOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = JSON.stringify(error, Object.getOwnPropertyNames(error))
  return `${String(error)} ${own} ${error.cause === undefined ? '' : allOf(error.cause)}`
}
