import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {needs} from '../real/needs.js'
import {startPostgres, type Postgres} from '../real/postgres.js'
import {postgresBin, psql} from './data/tools.js'
import {until, type Loose} from './fixture.js'
import {askApi} from './ask.js'
import {startPlatform, type LocalHeroku} from './index.js'

/** Real databases: pg_dump and pg_restore say what a backup is worth. */
let postgres: Postgres | undefined
let heroku: LocalHeroku
let addon: Loose
let databaseUrl: string

beforeAll(async () => {
  if (postgresBin()) postgres = await startPostgres()
})
beforeEach(async (ctx) => {
  await needs(ctx, 'postgres')
  if (!postgres) throw new Error('there is no server')
  heroku = await startPlatform({speed: 20, postgres})
  await heroku.createApp('acme')
  addon = await ask('POST', '/apps/acme/addons', {plan: 'heroku-postgresql:essential-1'})
  databaseUrl = (await ask('GET', '/apps/acme/config-vars')).DATABASE_URL
})
afterEach(() => heroku?.stop())
afterAll(() => postgres?.stop())

const ask = (method: string, path: string, body?: unknown): Promise<Loose> => askApi(heroku, method, path, body)

const sql = (text: string, url = databaseUrl) => psql(postgresBin() ?? '', url, text)
const seen = (num: number) => ask('GET', `/client/v11/apps/acme/transfers/${num}?verbose=true`)
async function finished({num}: Loose): Promise<Loose> {
  return until(async () => {
    const transfer = await seen(num)
    expect(transfer.finished_at).not.toBe(null)
    return transfer
  }, 30_000)
}

const capture = () => ask('POST', `/client/v11/databases/${addon.id}/backups`)
const restore = (backup_url: string, extensions?: string[]) =>
  ask('POST', `/client/v11/databases/${addon.id}/restores`, {backup_url, ...(extensions && {extensions})})

const shop = `
  CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, seen timestamptz, raw bytea, doc jsonb);
  CREATE TABLE orders (id bigserial PRIMARY KEY, customer int REFERENCES customers, cents numeric(12, 2));
  CREATE INDEX ON orders (customer);
  CREATE VIEW spent AS SELECT customer, sum(cents) FROM orders GROUP BY 1;
  CREATE SCHEMA ledger CREATE TABLE lines (said text);
  INSERT INTO customers (name, seen, raw, doc) SELECT 'Zoë ' || n || E'\\t\\n\\\\N', now(), sha256(n::text::bytea), jsonb_build_object('n', n)
    FROM generate_series(1, 500) n;
  INSERT INTO orders (customer, cents) SELECT 1 + n % 500, n / 7.0 FROM generate_series(1, 2000) n;
  INSERT INTO ledger.lines VALUES (''), (NULL), ('☃')`

/** Every row, column, index and next number of the database. */
async function contents(): Promise<string> {
  const tables = (
    await sql(`SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
  ).split('\n')
  const rows = await Promise.all(
    tables.filter(Boolean).map((table) => sql(`SELECT to_jsonb(t) FROM ${table} t ORDER BY t::text`)),
  )
  const rest = await sql(`
    SELECT schemaname, indexdef FROM pg_indexes WHERE schemaname !~ '^pg_' ORDER BY 2;
    SELECT viewname, definition FROM pg_views WHERE schemaname !~ '^pg_|information_schema' ORDER BY 1;
    SELECT sequencename, last_value FROM pg_sequences ORDER BY 1;
    SELECT table_name, column_name, data_type, column_default FROM information_schema.columns
      WHERE table_schema IN ('public', 'ledger') ORDER BY 1, 2;
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^pg_|info' ORDER BY 1`)
  return [...tables, ...rows, rest].join('\n')
}

describe('data restored equals data captured', () => {
  it('whatever was changed, dropped and made between, and more than once', async () => {
    await sql(shop)
    const before = await contents()
    const backup = await finished(await capture())
    expect(backup).toMatchObject({succeeded: true, warnings: 0, processed_bytes: expect.any(Number)})
    expect(backup.source_bytes).toBeGreaterThan(1_000_000)
    for (const change of [
      `DELETE FROM orders; UPDATE customers SET name = 'x'; INSERT INTO ledger.lines VALUES ('more')`,
      `DROP SCHEMA ledger CASCADE; DROP TABLE customers CASCADE; CREATE TABLE later (a int); CREATE SCHEMA aside CREATE TABLE b (c int)`,
      `ALTER TABLE customers RENAME COLUMN name TO title; ALTER TABLE orders ADD note text DEFAULT 'n'`,
    ]) {
      await sql(change)
      expect(await contents()).not.toBe(before)
      expect(await finished(await restore(backup.to_url))).toMatchObject({succeeded: true, warnings: 0})
      expect(await contents()).toBe(before)
    }
  })

  it('is what was there when the capture began, though others go on writing', async () => {
    await sql('CREATE TABLE ticks (n int); INSERT INTO ticks SELECT generate_series(1, 1000)')
    heroku.knobs('acme').transferMs = 800
    const started = await capture()
    await until(async () => expect((await seen(started.num)).processed_bytes).toBeGreaterThan(0))
    await until(async () => expect((await seen(started.num)).logs.at(-1).message).toBe('pg_dump finished successfully'))
    await sql('INSERT INTO ticks SELECT generate_series(1, 50)')
    const backup = await finished(started)
    await finished(await restore(backup.to_url))
    expect(await sql('SELECT count(*) FROM ticks')).toBe('1000')
  })

  it('with the extensions a table needs', async () => {
    await sql(`CREATE EXTENSION hstore; CREATE TABLE h (v hstore); INSERT INTO h VALUES ('a=>1')`)
    const backup = await finished(await capture())
    await sql('DROP TABLE h; DROP EXTENSION hstore')
    expect(await finished(await restore(backup.to_url, ['hstore']))).toMatchObject({succeeded: true, warnings: 0})
    expect(await sql(`SELECT v -> 'a' FROM h`)).toBe('1')
  })
})

describe('a real database', () => {
  it('is described by its own figures, and the app has its address', async () => {
    await sql('CREATE TABLE one (a int); CREATE TABLE two (b int)')
    const info = await ask('GET', `/client/v11/databases/${addon.name}`)
    const item = (name: string) => info.info.find((one: Loose) => one.name === name)?.values[0]
    expect([info.resource_url, item('Tables')]).toEqual([databaseUrl, '2'])
    expect(item('PG Version')).toBe((await sql('SHOW server_version')).split(' ')[0])
    expect(String(info.num_bytes)).toBe(await sql('SELECT pg_database_size(current_database())'))
  })

  it('that cannot be read fails the backup with what pg_dump says, without the password', async () => {
    await sql('CREATE TABLE secret (a int)')
    await sql('ALTER TABLE secret OWNER TO postgres', inDatabase(postgres?.url ?? ''))
    const failed = await finished(await capture())
    expect(failed.succeeded).toBe(false)
    const said = failed.logs.map((line: Loose) => line.message).join('\n')
    expect(said).toMatch(/pg_dump: error: .*permission denied for table secret[^]*pg_dump exited with 1$/)
    expect(said).not.toContain(new URL(databaseUrl).password)
  })

  it('is left as it is by a backup that cannot be read; what is no backup fails as pg_restore says', async () => {
    await sql('CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)')
    const before = await contents()
    const server = createServer((req, res) => res.writeHead(req.url === '/lost' ? 404 : 200).end('no backup')).listen(0)
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const lost = await finished(await restore(`${url}/lost`))
      expect([lost.succeeded, lost.logs.at(-1).message]).toEqual([false, "htcat: can't read the backup: status 404"])
      expect(await contents()).toBe(before)
      const odd = await finished(await restore(`${url}/odd`))
      expect(odd.succeeded).toBe(false)
      expect(odd.logs.map((line: Loose) => line.message)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/does not appear to be a valid archive/),
          'pg_restore exited with 1',
        ]),
      )
    } finally {
      server.close()
    }
  })

  it('canceled in the middle: pg_dump is ended and its locks are gone', async () => {
    await sql('CREATE TABLE held (a int)')
    const admin = inDatabase(postgres?.url ?? '')
    // A lock of ours keeps pg_dump waiting for its own.
    const locking = sql('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)', admin).catch(() => '')
    const waiting = () => sql(`SELECT count(*) FROM pg_locks WHERE NOT granted`, admin)
    const locked = () => sql(`SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted`, admin)
    await until(async () => expect(await locked()).toBe('1'))
    const {uuid, num} = await capture()
    await until(async () => expect(await waiting()).toBe('1'))
    await ask('POST', `/client/v11/apps/acme/transfers/${uuid}/actions/cancel`)
    expect(await seen(num)).toMatchObject({succeeded: false, canceled_at: expect.any(String)})
    await sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%' OR query LIKE 'SELECT pg_sleep%'`,
      admin,
    )
    await locking
    await until(async () => expect(await waiting()).toBe('0'))
    expect((await finished(await capture())).succeeded).toBe(true)
  })
})

/** The app's database, for the superuser. */
function inDatabase(admin: string): string {
  const url = new URL(admin)
  url.pathname = new URL(databaseUrl).pathname
  return String(url)
}
