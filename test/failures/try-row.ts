import type {World} from '../platform/index.js'
import {type HerokuHome, startHeroku} from '../real/heroku-cli.js'
import {difference} from './difference.js'
import type {Row} from './rows.js'
import {APP, settled, setUp} from './setup.js'

/** What came of a row. */
export type Tried = {
  exit: number | null
  difference: string[]
  /** Everything it said, stderr first. */
  said: string
  lastLines: string[]
  requests: Array<{method: string; path: string}>
  /** The token, to look for where it must not be. */
  token: string
}

/** Runs the real `heroku pipeline:ship` against a world of its own, and compares the worlds before and after. */
export async function tryRow(row: Row, {home}: {home?: HerokuHome} = {}): Promise<Tried> {
  const setup = await setUp({released: !row.firstRelease})
  const {folder, heroku} = setup
  try {
    const flags = await row.given(setup)
    if (!row.firstRelease) await settled(heroku)
    const before: World = structuredClone(heroku.world(APP))
    const app = flags.includes('--app') ? [] : ['--app', APP]
    const stable = flags.includes('--stable-for') ? [] : ['--stable-for', '1s']
    const asked = heroku.requests.length
    const process = await startHeroku(['pipeline:ship', ...app, ...stable, ...flags], {
      cwd: folder,
      env: {...heroku.env, ...row.env},
      timeoutMs: 110_000,
      ...(home ? {home} : {}),
    })
    await row.meanwhile?.(setup, process)
    const {code, stderr, stdout} = await process.done
    if (!row.firstRelease || code === 0) await settled(heroku)
    const lines = stderr.split('\n').filter((line) => line.trim())
    return {
      exit: code,
      difference: difference(before, heroku.world(APP)),
      said: stderr + stdout,
      lastLines: lines.slice(-4),
      requests: heroku.requests.slice(asked),
      token: heroku.apiKey,
    }
  } finally {
    await setup.remove()
  }
}
