import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import pLimit from 'p-limit'

import {type HerokuHome, type HerokuProcess, nodeBinary, startHeroku} from '../real/heroku-cli.js'
import type {Ground} from './ground.js'

/** The stock CLI on the Node that its installers bundle, which keeps what it has compiled: half the time of a start. */
export type Cli = AsyncDisposable & {
  start(argv: string[], ground: Ground, at: {home: HerokuHome; env?: NodeJS.ProcessEnv}): Promise<HerokuProcess>
}

/** How long a `heroku` process may take; none waits for anything that lasts. */
const TIMEOUT_MS = 150_000

/** Two cores: more of them would only make each other late. */
const AT_A_TIME = 2

export async function openCli(): Promise<Cli> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drill-compiled-'))
  const binary = await nodeBinary(22)
  const turn = pLimit(AT_A_TIME)
  return {
    start: (argv, {folder: cwd, heroku}, {env, home}) =>
      new Promise((resolve, reject) => {
        const start = (): Promise<HerokuProcess> =>
          startHeroku(argv, {
            cwd,
            home,
            env: {...heroku.env, NODE_COMPILE_CACHE: folder, ...env},
            nodeBinary: binary,
            timeoutMs: TIMEOUT_MS,
          })
        const whole = async (): Promise<void> => {
          const process = await start()
          resolve(process)
          // Whoever started it meets its failure; here it only ends the turn.
          await process.done.catch(() => {})
        }
        turn(whole).catch(reject)
      }),
    [Symbol.asyncDispose]: () => rm(folder, {recursive: true, force: true, maxRetries: 5}),
  }
}
