/** What the dynos of the tests run: real programs with a real database, so that what they write tells when they ran. */

/** Speaks to DATABASE_URL by psql, which learns the password from its environment. */
const db = `
const {spawn, spawnSync} = require('node:child_process')
const url = new URL(process.env.DATABASE_URL)
const env = {
  PATH: process.env.PATH, LC_ALL: 'C.UTF-8', PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username,
  PGPASSWORD: url.password, PGDATABASE: url.pathname.slice(1),
}
const argv = ['-XqAt', '--set=ON_ERROR_STOP=1']
exports.sql = (text) => {
  const {status, stderr, stdout} = spawnSync('psql', argv, {env, input: text, encoding: 'utf8'})
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}
// In a group of its own: a SIGTERM to the dyno is not one to a session that still has work to do.
exports.session = () => spawn('psql', argv, {env, stdio: ['pipe', 'ignore', 'inherit'], detached: true})
`

/** `node sql.cjs 'SQL'`: a migration, a smoke test, whatever one likes. It is as careless as many: it says where it connects to. */
const sql = `
const {sql} = require('./db.cjs')
try {
  console.log('connecting to ' + process.env.DATABASE_URL)
  console.log('running SQL')
  const said = sql(process.argv[2])
  if (said) console.log(said)
  console.log('SQL is done')
} catch (error) {
  console.log(error.message.trim())
  process.exit(1)
}
`

/** Writes a row every 100 ms, and like any good worker ends its job, JOB_MS of it, when it is told to end. */
const worker = `
const psql = require('./db.cjs').session()
const insert = process.argv[2] || "INSERT INTO ticks (dyno) VALUES ('DYNO')"
const write = setInterval(() => psql.stdin.write(insert.replace('DYNO', process.env.DYNO) + ';\\n'), 100)
psql.on('exit', (code) => process.exit(code ?? 1))
psql.stdin.on('error', () => {})
process.on('SIGTERM', () => setTimeout(() => { clearInterval(write); psql.stdin.end() }, Number(process.env.JOB_MS || 1500)))
`

/** Answers with its version and the columns of \`ticks\` as they were when it booted; \`argv[3]\` is one it can't do without. */
const web = `
const [version, needed] = process.argv.slice(2)
const columns = require('./db.cjs').sql(
  "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'ticks'",
)
if (needed && !columns.split(',').includes(needed)) {
  console.log('Error: there is a pending migration: no column ' + needed)
  process.exit(1)
}
require('node:http').createServer((_, res) => res.end(version + ' ' + columns)).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit(0))
`

export const programs = {'db.cjs': db, 'sql.cjs': sql, 'web.cjs': web, 'worker.cjs': worker}

/** What a shell takes as one word. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The command of a one-off dyno that runs SQL. */
export const sqlCommand = (text: string): string => `node sql.cjs ${quoted(text)}`

/** An app that has a table of ticks and two kinds of workers that write into it. */
export const old = {
  web: {command: 'exec node web.cjs old', files: programs},
  worker: {command: 'exec node worker.cjs', files: programs},
  clock: {command: 'exec node worker.cjs', files: programs},
}

/** Its table: enough rows for a rewrite to take a moment. */
export const TICKS = `
CREATE TABLE ticks (id serial PRIMARY KEY, dyno text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
INSERT INTO ticks (dyno, at) SELECT 'Zoë ' || n, now() - interval '1 day' FROM generate_series(1, 20000) n;
`

/** Rewrites it: another type, another column. What it found there is kept beside, as a witness. */
export const REWRITE = `
CREATE TABLE found AS TABLE ticks;
ALTER TABLE ticks ALTER COLUMN id TYPE bigint, ADD COLUMN day date NOT NULL DEFAULT date_trunc('day', clock_timestamp());
SELECT pg_sleep(2);
`
