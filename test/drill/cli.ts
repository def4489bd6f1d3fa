import pLimit from 'p-limit'

import {type HerokuHome, type HerokuProcess, startHeroku} from '../real/heroku-cli.js'
import type {Ground} from './ground.js'

/** The stock CLI. */
export type Cli = {
  start(argv: string[], ground: Ground, at: {home: HerokuHome; env?: NodeJS.ProcessEnv}): Promise<HerokuProcess>
}

/** How long a `heroku` process may take; none waits for anything that lasts. */
const TIMEOUT_MS = 150_000

/** For two cores: one in three waits for something. More would only make each other late. */
const AT_A_TIME = 3

export function openCli(): Cli {
  const turn = pLimit(AT_A_TIME)
  return {
    start: (argv, {folder: cwd, heroku}, {env, home}) =>
      new Promise((resolve, reject) => {
        const whole = async (): Promise<void> => {
          const process = await startHeroku(argv, {cwd, home, env: {...heroku.env, ...env}, timeoutMs: TIMEOUT_MS})
          resolve(process)
          // Whoever started it meets its failure; here it only ends the turn.
          await process.done.catch(() => {})
        }
        turn(whole).catch(reject)
      }),
  }
}
