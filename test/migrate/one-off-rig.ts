import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {afterEach, beforeEach, vi} from 'vitest'

import {readRendezvous} from '../../src/lib/heroku/rendezvous.js'
import type {Platform} from '../../src/lib/heroku/types.js'
import {runOneOff} from '../../src/lib/migrate/one-off/run-one-off.js'
import type {OneOffContext, OneOffEnd, OneOffRun} from '../../src/lib/migrate/one-off/types.js'
import {platformAt, TOKEN} from '../heroku/heroku-client.js'
import {idle} from '../platform/fixture.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {clockAt} from './clock-at.js'

const SPEED = 20
export const APP = 'acme'

export const fastClock = clockAt(SPEED)

export type Ran = {end: OneOffEnd; lines: string[]}

/** A local Heroku with one app for each test, and commands that are run in its dynos. */
export function useOneOffs() {
  const used = {
    local: undefined as unknown as LocalHeroku,
    platform: undefined as unknown as Platform,
    folder: '',
    ca: '',
  }
  beforeEach(async () => {
    used.folder = await mkdtemp(path.join(tmpdir(), 'one-off-'))
    used.local = await startPlatform({speed: SPEED, apiKey: TOKEN})
    used.platform = platformAt(used.local.url, {clock: fastClock})
    used.ca = await readFile(used.local.env.NODE_EXTRA_CA_CERTS!, 'utf8')
    await used.local.createApp(APP)
    const images = {web: idle, worker: {command: 'echo worker here'}}
    await used.local.seedRelease(APP, {images, formation: {web: 0, worker: 0}})
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await used.local.stop()
    await rm(used.folder, {recursive: true, force: true})
  })

  function context(signal = new AbortController().signal, onLine?: (line: string) => void) {
    const lines: string[] = []
    const ctx: OneOffContext = {
      platform: used.platform,
      clock: fastClock,
      signal,
      progress() {},
      log(line) {
        lines.push(line)
        onLine?.(line)
      },
      attach: (url, options) => readRendezvous(url, {...options, ca: used.ca}),
    }
    return {ctx, lines}
  }

  async function run(
    command: string,
    more: Partial<OneOffRun> & {signal?: AbortSignal; onLine?: (line: string) => void} = {},
  ): Promise<Ran> {
    const {onLine, signal, ...rest} = more
    const {ctx, lines} = context(signal, onLine)
    const end = await runOneOff({app: APP, command: {command}, timeoutMs: 600_000, ...rest}, ctx)
    return {end, lines}
  }

  /** Log sessions are refused from now on, as in a space with private logging; `times` as often as that. */
  const refuseLogs = (times = 999) =>
    used.local.fault({
      method: 'POST',
      path: /log-sessions/,
      moment: 'before',
      status: 403,
      times,
      body: {id: 'forbidden', message: 'Log sessions are not available in this space.'},
    })

  /** How many dynos were asked for and made. */
  const created = (): number => used.local.log(APP).filter((line) => /app\[api\]: Starting process/.test(line)).length
  /** What is in a file that a command wrote. */
  const written = (name: string): Promise<string> => readFile(path.join(used.folder, name), 'utf8').catch(() => '')

  return {
    get local() {
      return used.local
    },
    get platform() {
      return used.platform
    },
    get folder() {
      return used.folder
    },
    context,
    run,
    refuseLogs,
    created,
    written,
  }
}
