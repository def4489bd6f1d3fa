import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {images, type Setup, setUp} from '../failures/setup.js'
import {linkedHome} from '../real/heroku-cli.js'
import {openShell, type Shell, type Size} from './shell.js'

export const large = {columns: 80, rows: 24}
export const small = {columns: 60, rows: 20}

/** What is typed to ship a web and a worker that come up. */
export const SHIP = 'heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar'
/** The same with a release phase that takes a minute. */
export const SHIP_MIGRATION = `${SHIP} --archive release=release.tar`

/** A person at a terminal: a local Heroku with an app that is up, a folder with images of a new version, a shell in it. */
export type Desk = Setup & {shell: Shell} & AsyncDisposable

export async function sitDown(
  size: Size,
  {env, telemetry = false}: {env?: NodeJS.ProcessEnv; telemetry?: boolean} = {},
): Promise<Desk> {
  const home = await linkedHome()
  const setup = await setUp()
  const remove = async () => {
    await setup.remove()
    await home.remove()
  }

  try {
    const {archive, folder, heroku} = setup
    await archive('web', images.web)
    await archive('worker', images.worker)
    await archive('release', images.slowMigration)
    const told = telemetry ? await telemetryOn(home.dir) : {}
    const shell = await openShell(size, {cwd: folder, env: {...heroku.env, ...told, ...env}, home})
    return {
      ...setup,
      shell,
      async [Symbol.asyncDispose]() {
        await shell[Symbol.asyncDispose]()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * The CLI as its users have it: it then listens to SIGINT and SIGTERM itself and tells Heroku of each command, by processes
 * of its own. Their connections, and any other that leaves this machine, are refused and noted in the file `refused`.
 */
export async function telemetryOn(home: string): Promise<NodeJS.ProcessEnv> {
  const refuse = path.join(home, 'refuse.cjs')
  await writeFile(
    refuse,
    `const dns = require('node:dns')
const lookup = dns.lookup
dns.lookup = (host, options, done) => {
  if (host === 'localhost') return lookup(host, options, done)
  require('node:fs').appendFileSync(${JSON.stringify(refusedIn(home))}, host + '\\n')
  const answer = done ?? options
  process.nextTick(() => answer(Object.assign(new Error('refused by the test'), {code: 'ECONNREFUSED'})))
}
`,
  )
  // As a second start finds it; the first would write it at any time, even when the home is gone.
  const data = path.join(home, 'data', 'heroku')
  await mkdir(data, {recursive: true})
  await writeFile(path.join(data, 'config.json'), '{"schema":1,"install":"test","skipAnalytics":false}')
  return {DISABLE_TELEMETRY: '', NODE_OPTIONS: `--require=${refuse}`, REFUSED: refusedIn(home)}
}

const refusedIn = (home: string): string => path.join(home, 'refused')
