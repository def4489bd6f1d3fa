import {askApi} from '../test/platform/ask.js'
import {psql, postgresBin} from '../test/platform/data/tools.js'
import type {Corner, Ground} from './ground.js'

/**
 * Constants of the app that is migrated; they are printed with the results. A small app: in CI a build after a changed line takes
 * minutes rather than half of one, and a backup of some gigabytes as well.
 */
export const WINDOW = {
  workers: 2,
  /** What a RUN behind the changed line takes, seconds. */
  buildSeconds: 30,
  /** From the start of the web process until it listens, seconds. */
  bootSeconds: 3,
  /** From SIGTERM to the exit of a worker, seconds. */
  drainSeconds: 2,
  /** What the migration takes once it runs, beside its statements, seconds. */
  migrationSeconds: 5,
  rows: 50_000,
  /** A backup takes at least this long, seconds. */
  backupSeconds: 15,
}

export const MIGRATE = 'node src/migrate.cjs'

/** Speaks to DATABASE_URL by psql, which learns the password from its environment. */
const SQL = `
const {spawnSync} = require('node:child_process')
const url = new URL(process.env.DATABASE_URL)
const env = {
  PATH: process.env.PATH, PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username, PGPASSWORD: url.password,
  PGDATABASE: url.pathname.slice(1),
}
exports.sql = (text) => {
  const {status, stderr} = spawnSync('psql', ['-XqAt', '--set=ON_ERROR_STOP=1'], {env, input: text, encoding: 'utf8'})
  if (status !== 0) throw new Error(stderr)
}
`

/** Rewrites every row; \`fail\` ends half way, as a migration of two steps does. */
const MIGRATION = `
const {sql} = require('./sql.cjs')
sql('UPDATE things SET version = version + 1')
if (process.argv[2] === 'fail') {
  console.log('the second step of the migration fails')
  process.exit(3)
}
sql('UPDATE schema_version SET version = version + 1; SELECT pg_sleep(${WINDOW.migrationSeconds})')
console.log('migrated')
`

const MAIN = `
const {createServer} = require('node:http')
const {marker} = require('./marker.cjs')
if (process.env.DYNO.startsWith('web.')) {
  process.on('SIGTERM', () => process.exit(0))
  setTimeout(() => createServer((_, res) => res.end(marker)).listen(process.env.PORT), ${WINDOW.bootSeconds * 1000})
} else {
  process.on('SIGTERM', () => setTimeout(() => process.exit(0), ${WINDOW.drainSeconds * 1000}))
  setInterval(() => {}, 1000)
}
`

const PROGRAMS = {'main.cjs': MAIN, 'migrate.cjs': MIGRATION, 'sql.cjs': SQL}

const TABLES = `
CREATE TABLE things AS SELECT n AS id, md5(n::text) AS text, 1 AS version FROM generate_series(1, ${WINDOW.rows}) n;
CREATE TABLE schema_version AS SELECT 1 AS version;
`

/** An app with a real database, and what its schema has come to. */
export type WindowCorner = Corner & {
  /** Hash of the config vars that it began with: those of two apps differ by their databases. */
  configVars: string
  databaseId: string
  /** `3`, or `3, half of 4` after a migration that failed between its two steps. */
  schema(): Promise<string>
}

/** What differs between apps. `plan` of the database: only some have continuous protection. */
export type WindowSize = {backupSeconds?: number; buildSeconds?: number; plan?: string; vendorMb?: number}

/** One more app, up, with two workers and a database. */
export async function windowCorner(
  ground: Ground,
  who: 'ours' | 'stock',
  app: string,
  {backupSeconds = WINDOW.backupSeconds, plan = 'essential-1', ...size}: WindowSize = {},
): Promise<WindowCorner> {
  const {heroku} = ground
  const files = Object.fromEntries(
    Object.entries({...PROGRAMS, 'marker.cjs': "exports.marker = 'old'"}).map(([name, text]) => [`src/${name}`, text]),
  )
  const old = {command: 'exec node src/main.cjs', files}
  const formation = {web: 1, worker: WINDOW.workers}
  const corner = await ground.corner(who, app, {
    programs: PROGRAMS,
    images: {web: old, worker: old},
    formation,
    ...size,
  })
  const ask = async (method: string, path: string, body?: unknown): Promise<Record<string, string>> =>
    (await askApi(heroku, method, `/apps/${app}/${path}`, body)) as Record<string, string>
  const {id: databaseId = ''} = await ask('POST', 'addons', {plan: `heroku-postgresql:${plan}`})
  const {DATABASE_URL: url = ''} = await ask('GET', 'config-vars')
  const sql = (text: string): Promise<string> => psql(postgresBin() ?? '', url, text)
  await sql(TABLES)
  heroku.knobs(app).transferMs = backupSeconds * 1000
  const {configVars} = await heroku.settled(app)
  return {
    ...corner,
    configVars,
    databaseId,
    async schema() {
      const [all, rows] = await Promise.all([
        sql('SELECT version FROM schema_version'),
        sql('SELECT DISTINCT version FROM things'),
      ])
      return all === rows ? all : `${all}, half of ${rows}`
    },
  }
}
