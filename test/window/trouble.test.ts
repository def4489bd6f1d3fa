import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, test} from 'vitest'

import {postgresBin} from '../platform/data/tools.js'
import {linkedHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {type Postgres, startPostgres} from '../real/postgres.js'
import {sqlCommand} from './programs.js'
import {APP, openWorld, type World} from './world.js'

let postgres: Postgres | undefined
beforeAll(async () => {
  if (postgresBin()) postgres = await startPostgres()
})
beforeEach((context) => needs(context, 'heroku-cli', 'postgres'))
afterAll(() => postgres?.stop())

/** One worker that writes, and no web: a window is open for some seconds only. */
const workersOnly = () => openWorld(postgres, {formation: {web: 0, worker: 1}})

const FAILS = 'node sql.cjs "ALTER TABLE ticks ADD COLUMN day date; ALTER TABLE nobody ADD COLUMN day date"'
const held = {maintenance: true, formation: {worker: {quantity: 0}}}
const columns = ({sql}: World) =>
  sql(
    "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'ticks'",
  )

describe.concurrent('a window that does not end well', {timeout: 120_000}, () => {
  for (const command of ['maintenance-migrate', 'ship']) {
    test(`${command}: a failed migration holds, and its re-run in CI is never green`, async ({expect}) => {
      await using world = await workersOnly()
      const ship = async () => ['ship', ...(await world.archive('worker', 'exec node worker.cjs')), '--migrate', FAILS]
      const argv = command === 'ship' ? await ship() : ['maintenance-migrate', '--', FAILS]
      const after = ['--after', 'env | grep ^SHIP_ | sort > told']
      const first = await world.run([argv[0]!, ...after, ...argv.slice(1)])
      expect(first.code, first.stderr).toBe(4)
      expect(first.stderr).toMatch(/relation "nobody" does not exist/)
      expect(world.heroku.world(APP)).toMatchObject(held)
      const last = first.last(20).join('\n')
      expect(last).toMatch(
        /What is left:[^]*may be half applied[^]*heroku logs --dyno run\.\d+ --num 1500 --app example-app/,
      )
      expect(last).toMatch(/heroku ps:scale worker=1 --app example-app[^]*heroku maintenance:off --app example-app/)
      expect(last).toMatch(/b001 is DATABASE as it was before the migration[^]*pg:backups:restore b001[^]*What is left/)
      const told = await readFile(path.join(world.folder, 'told'), 'utf8')
      expect(told).toMatch(/^SHIP_EXIT_CODE=4$/m)
      expect(told).toMatch(/^SHIP_OUTCOME=held$/m)
      expect(told).not.toContain(world.databaseUrl)

      // Another machine, which knows nothing of the first.
      const before = world.heroku.world(APP)
      const home = await linkedHome()
      try {
        const again = await world.run(argv, {home})
        expect(again.code, again.stderr).toBe(3)
        expect(again.stderr).toMatch(/Maintenance mode of example-app is on/)
        expect(again.journal).toBe('')
      } finally {
        await home.remove()
      }
      expect(world.heroku.world(APP)).toEqual(before)
    })
  }

  test('--on-migration-failure rollback: undone by --migrate-undo, and the app as it was', async ({expect}) => {
    await using world = await workersOnly()
    const before = structuredClone(world.heroku.world(APP))
    const {code, stderr, stdout} = await world.run([
      'ship',
      ...(await world.archive('worker', 'exec node worker.cjs new')),
      '--migrate',
      FAILS,
      '--json',
      '--on-migration-failure',
      'rollback',
      '--migrate-undo',
      sqlCommand('ALTER TABLE ticks DROP COLUMN IF EXISTS day'),
    ])
    expect(code, stderr).toBe(1)
    expect(await columns(world)).toBe('id,dyno,at')
    const after = await world.heroku.settled(APP)
    expect(after).toEqual({...before, releases: before.releases + 2, dynos: expect.any(Array)})
    expect(after.dynos.filter(({name}) => name.startsWith('worker'))).toEqual(
      before.dynos.filter(({name}) => name.startsWith('worker')),
    )
    expect(JSON.parse(stdout)).toMatchObject({outcome: 'failed', exitCode: 1, left: [], error: {step: 'migrate'}})
  })

  test('--smoke that fails holds behind maintenance, because it was migrated', async ({expect}) => {
    await using world = await workersOnly()
    const smoke = ['--smoke', sqlCommand('SELECT nothing FROM ticks')]
    const migration = sqlCommand('ALTER TABLE ticks ADD COLUMN day date')
    const {code, last, stderr} = await world.run(['maintenance-migrate', ...smoke, '--', migration])
    expect(code, stderr).toBe(4)
    expect(stderr).toMatch(/column "nothing" does not exist/)
    expect(world.heroku.world(APP)).toMatchObject({maintenance: true, formation: {worker: {quantity: 1}}})
    expect(last(10).join('\n')).toMatch(
      /not rolled back, because it was migrated[^]*heroku maintenance:off --app example-app/,
    )
  })

  test('a --before that fails ends it before anything is touched', async ({expect}) => {
    await using world = await workersOnly()
    const before = structuredClone(world.heroku.world(APP))
    const {code, stderr} = await world.run([
      'maintenance-migrate',
      '--before',
      'echo nobody is told; exit 9',
      '--',
      'echo migrated',
    ])
    expect(code, stderr).toBe(1)
    expect(stderr).toMatch(/nobody is told[^]*The --before command exited with status 9/)
    expect(world.heroku.world(APP)).toEqual(before)
  })

  test('a migration whose time is up is stopped, and that is said, and that a statement may go on without it', async ({
    expect,
  }) => {
    await using world = await workersOnly()
    const migration = sqlCommand("SELECT 'the one', pg_sleep(100)")
    const {code, last, stderr} = await world.run(['maintenance-migrate', '--timeout', '4s', '--', migration])
    expect(code, stderr).toBe(4)
    expect(stderr).toMatch(/was not done after 4s, so it was stopped/)
    const dynos = world.heroku.world(APP).dynos.map(({name}) => name)
    expect(dynos.filter((name) => name.startsWith('run'))).toEqual([])
    // The server does not know that its client is gone.
    expect(await world.sql("SELECT state FROM pg_stat_activity WHERE query LIKE 'SELECT ''the one''%'")).toBe('active')
    expect(last(10).join('\n')).toMatch(/may go on in the database; heroku pg:ps --app example-app shows it/)
    expect(world.heroku.world(APP)).toMatchObject(held)
  })

  test('Ctrl-C during the migration: it goes on, and the last lines say how to follow it', async ({expect}) => {
    await using world = await workersOnly()
    const migration = sqlCommand('SELECT pg_sleep(8); ALTER TABLE ticks ADD COLUMN day date')
    const migrating = await world.start(['maintenance-migrate', '--', migration])
    await migrating.says('running SQL')
    migrating.kill('SIGINT')
    const {code, last, stderr} = await migrating.done
    expect(code, stderr).toBe(4)
    expect(await columns(world)).toBe('id,dyno,at')
    expect(last(12).join('\n')).toMatch(
      /may still run in run\.\d+, and goes on by itself[^]*heroku logs --dyno run\.\d+ --num 1500 --tail --app example-app/,
    )
    await expect.poll(() => columns(world), {timeout: 30_000}).toBe('id,dyno,at,day')
    expect(world.heroku.world(APP)).toMatchObject(held)
  })

  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} during the backup: undone, ${exit}`, async ({expect}) => {
      await using world = await workersOnly()
      const {heroku} = world
      const before = structuredClone(heroku.world(APP))
      heroku.knobs(APP).transferMs = 60_000
      const migrating = await world.start(['maintenance-migrate', '--', 'echo migrated'])
      await migrating.says(/b001, \d/)
      migrating.kill(signal)
      const {code, stderr} = await migrating.done
      expect(code, stderr).toBe(exit)
      expect(await heroku.settled(APP)).toEqual(before)
      expect(await world.ask('GET', `/client/v11/apps/${APP}/transfers`)).toEqual([
        expect.objectContaining({num: 1, succeeded: false, canceled_at: expect.any(String)}),
      ])
      expect(world.log().join('\n')).not.toMatch(/echo migrated/)
    })
  }
})
