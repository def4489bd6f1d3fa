import {afterAll, afterEach, beforeAll, beforeEach, expect, it, vi} from 'vitest'

import {type BackedUp, goBack} from '../../src/lib/migrate/backup/go-back.js'
import {postgresBin, psql} from '../platform/data/tools.js'
import {emptyHome, type HerokuHome, runHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {type Postgres, startPostgres} from '../real/postgres.js'
import {APP, type BackupWorld, backupWorld, startBackup} from './backup-world.js'

// A real database, and the stock CLI for the commands that are printed: a backup is worth what comes back from it.
let postgres: Postgres | undefined
let home: HerokuHome
let world: BackupWorld | undefined

beforeAll(async () => {
  home = await emptyHome()
  if (postgresBin()) postgres = await startPostgres()
})
beforeEach((ctx) => needs(ctx, 'heroku-cli', 'postgres'))
afterEach(async () => {
  vi.unstubAllEnvs()
  await world?.stop()
  world = undefined
})
afterAll(async () => {
  await postgres?.stop()
  await home.remove()
})

async function databaseUrl({ask}: BackupWorld): Promise<string> {
  return ((await ask('GET', `/apps/${APP}/config-vars`)) as {DATABASE_URL: string}).DATABASE_URL
}

it('what is printed brings every row back, schema included, by the stock CLI', async () => {
  world = await backupWorld({postgres: postgres!})
  await world.addDatabase('essential-1')
  const url = await databaseUrl(world)
  const sql = (text: string) => psql(postgresBin()!, url, text)
  await sql(`CREATE TABLE orders (id serial PRIMARY KEY, said text);
    INSERT INTO orders (said) SELECT 'Zoë ' || n FROM generate_series(1, 5000) n`)
  const contents = () => sql('SELECT id, said FROM orders ORDER BY id')
  const before = await contents()

  const {facts} = await world.facts()
  const backup = startBackup(world, facts)
  expect(await backup.verdict).toEqual({outcome: 'done'})
  const kept = backup.run.results.get('backup') as BackedUp
  await sql("ALTER TABLE orders DROP COLUMN said; ALTER TABLE orders ADD COLUMN said text DEFAULT 'lost'")
  expect(await contents()).not.toBe(before)

  const [, ...argv] = goBack(kept)[0]!.command!.split(' ')
  const {code, stderr} = await runHeroku([...argv, '--confirm', APP], {home, env: {...world.local.env, CI: 'true'}})
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Starting restore of b001/)])
  expect(await contents()).toBe(before)
  expect(backup.said()).not.toContain(new URL(url).password)
})
