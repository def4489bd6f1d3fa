import {rows, type Row} from '../failures/rows.js'
import {APP, setUp} from '../failures/setup.js'
import type {AskedRequest} from '../platform/index.js'
import {linkedHome, startHeroku} from '../real/heroku-cli.js'

/** What a `heroku pipeline:ship` that ended has left. */
export type Ended = {
  code: number | null
  stdout: string
  stderr: string
  /** What it asked of the local Heroku. */
  requests: AskedRequest[]
  token: string
}

/** A case to run: a row of the failure table, or less than that. */
export type Case = Pick<Row, 'env' | 'firstRelease' | 'given' | 'meanwhile' | 'name'>

/** The row of the failure table with this name. @throws Error when there is none */
export function rowNamed(name: string): Row {
  const row = rows.find((each) => each.name === name)
  if (!row) throw new Error(`The failure table has no row "${name}"`)
  return row
}

/** Runs the stock CLI against a world of its own, with what the case says and these flags and variables besides. */
export async function runShip(
  {env, firstRelease, given, meanwhile}: Case,
  more: {flags?: string[]; env?: NodeJS.ProcessEnv} = {},
): Promise<Ended> {
  const setup = await setUp({released: !firstRelease})
  const home = await linkedHome()
  const {folder, heroku} = setup
  try {
    const flags = await given(setup)
    const asked = heroku.requests.length
    const app = flags.some((flag) => flag.startsWith('--app')) ? [] : ['--app', APP]
    const stable = flags.includes('--stable-for') ? [] : ['--stable-for', '1s']
    const process = await startHeroku(['pipeline:ship', ...app, ...stable, ...flags, ...(more.flags ?? [])], {
      cwd: folder,
      env: {...heroku.env, ...env, ...more.env},
      home,
      timeoutMs: 100_000,
    })
    await meanwhile?.(setup, process)
    const {code, stderr, stdout} = await process.done
    return {code, stdout, stderr, requests: heroku.requests.slice(asked), token: heroku.apiKey}
  } finally {
    await setup.remove()
    await home.remove()
  }
}
