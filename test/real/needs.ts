import {access} from 'node:fs/promises'
import {request} from 'node:http'
import path from 'node:path'
import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

import {herokuCli, nodeBinary} from './heroku-cli.js'
import {postgresPrograms} from './postgres.js'
import {stockDockerPath} from './stock-docker.js'
import {projectRoot} from '../../scripts/lib/cache.mjs'

const run = promisify(execFile)

/** Something real that a machine may lack; a test that needs one asks `needs` for it first. */
export type RealPart = keyof typeof parts

/** The official Platform API schemas; they stay out of the project. */
export const officialSchemas = process.env.REAL_SCHEMAS || path.join(projectRoot, '../shared/reference')

/** Each part's check resolves when it is there, and rejects with a sentence that says what is missing. */
const parts = {
  docker: () =>
    engineAnswers(
      'REAL_DOCKER_HOST',
      process.env.REAL_DOCKER_HOST || process.env.DOCKER_HOST || 'unix:///var/run/docker.sock',
    ),
  'heroku-cli': async () => void (await herokuCli()),
  async memcached() {
    await answers('memcached', ['-V'], 'memcached is not installed')
    await there('/usr/sbin/saslpasswd2', "saslpasswd2 is not installed: Debian's package is `sasl2-bin`")
  },
  'newer-docker': () => engineAnswers('REAL_NEWER_DOCKER_HOST', process.env.REAL_NEWER_DOCKER_HOST),
  'node-20': async () => void (await nodeBinary(20)),
  'node-22': async () => void (await nodeBinary(22)),
  'npm-registry': () => answers('npm', ['ping'], 'the npm registry does not answer'),
  'official-schemas': () =>
    there(path.join(officialSchemas, 'platform-schema-3.json'), `no platform-schema-3.json in ${officialSchemas}`),
  postgres: async () => void (await postgresPrograms()),
  redis: () => answers('redis-server', ['--version'], 'redis-server is not installed'),
  async root() {
    if (process.getuid?.() !== 0) throw new Error('not run as root')
  },
  skopeo: () => answers('skopeo', ['--version'], 'skopeo is not installed'),
  sqlite3: () => answers('sqlite3', ['-version'], 'sqlite3 is not installed'),
  'stock-docker': async () => void (await stockDockerPath()),
  tmux: () => answers('tmux', ['-V'], 'tmux is not installed'),
} satisfies Record<string, () => Promise<void>>

const checked = new Map<RealPart, Promise<string | undefined>>()

/**
 * Ends the test unless all these parts are there: a skip that says what is missing, or, with `REAL_PARTS=required` (as in
 * `.ci/run`), a failure. Each part is looked for once per test file.
 * @throws Error naming every missing part, with `REAL_PARTS=required`
 */
export async function needs(ctx: {skip(note?: string): void}, ...wanted: RealPart[]): Promise<void> {
  const found = await Promise.all(wanted.map((part) => missing(part)))
  const lacking = found.filter((reason) => reason !== undefined)
  if (lacking.length === 0) return
  const note = `needs ${lacking.join('; ')}`
  if (process.env.REAL_PARTS === 'required') throw new Error(`REAL_PARTS=required, but this test ${note}`)
  ctx.skip(note)
}

function missing(part: RealPart): Promise<string | undefined> {
  const known = checked.get(part)
  if (known) return known
  const looked = parts[part]().then(
    () => undefined,
    (error: unknown) => `${part} (${error instanceof Error ? error.message : String(error)})`,
  )
  checked.set(part, looked)
  return looked
}

async function answers(command: string, argv: string[], otherwise: string): Promise<void> {
  await run(command, argv, {timeout: 20_000}).catch(() => {
    throw new Error(otherwise)
  })
}

async function there(file: string, otherwise: string): Promise<void> {
  await access(file).catch(() => {
    throw new Error(otherwise)
  })
}

async function engineAnswers(variable: string, host: string | undefined): Promise<void> {
  if (!host) throw new Error(process.env.REAL_ENGINES_MISSING || `${variable} is not set`)
  const url = new URL(host)
  const where =
    url.protocol === 'unix:'
      ? {socketPath: url.pathname}
      : {host: url.hostname, port: url.port || (url.protocol === 'https:' ? 2376 : 2375)}
  await new Promise<void>((resolve, reject) => {
    const no = () => reject(new Error(`no Docker Engine answers at ${host}`))
    request({...where, path: '/_ping', timeout: 5000}, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve()
      else no()
    })
      .on('timeout', no)
      .on('error', no)
      .end()
  })
}
