import {afterAll, beforeAll, beforeEach, describe, test} from 'vitest'

import {postgresBin} from '../platform/data/tools.js'
import {needs} from '../real/needs.js'
import {type Postgres, startPostgres} from '../real/postgres.js'
import {probe, statuses} from './prober.js'
import {sqlCommand} from './programs.js'
import {APP, openWorld} from './world.js'

let postgres: Postgres | undefined
beforeAll(async () => {
  if (postgresBin()) postgres = await startPostgres()
})
beforeEach((context) => needs(context, 'heroku-cli', 'postgres'))
afterAll(() => postgres?.stop())

const ADD_DAY = 'ALTER TABLE ticks ADD COLUMN day date'

type Transfer = {
  schedule?: unknown
  succeeded: boolean
  created_at: string
  started_at: string | null
  finished_at: string
}

describe.concurrent('a difficult app ends right', {timeout: 150_000}, () => {
  test('one that refuses to boot on the old schema: its crash before the migration is a warning', async ({expect}) => {
    await using world = await openWorld(postgres, {formation: {web: 1}})
    const outside = probe(world.webUrl)
    const web = await world.archive('web', 'exec node web.cjs new day')
    const {code, stderr} = await world.run(['ship', ...web, '--migrate', sqlCommand(`SELECT pg_sleep(6); ${ADD_DAY}`)])
    expect(code, stderr).toBe(0)
    const log = world.log().join('\n')
    expect(log).toMatch(
      /heroku\[web\.1\]: State changed from starting to crashed[^]*app\[run\.\d+\]: SQL is done[^]*heroku\[web\.1\]: State changed from starting to up/,
    )
    expect(stderr).toMatch(/Warning: web\.1 had crashed when the migration was done/)
    expect(statuses(await outside.stop())).toEqual([200, 503, 200])
  })

  test('one that caches columns at boot: web has booted again since the migration', async ({expect}) => {
    await using world = await openWorld(postgres, {formation: {web: 1}})
    const {answers, stop} = probe(world.webUrl)
    const {code, stderr} = await world.run(['maintenance-migrate', '--', 'node', 'sql.cjs', ADD_DAY])
    expect(code, stderr).toBe(0)
    await stop()
    expect([answers[0]!.text, answers.at(-1)!.text]).toEqual(['old id,dyno,at', 'old id,dyno,at,day'])
    // Nobody who was let in again met the columns of before.
    const since = answers.findLastIndex(({status}) => status === 503)
    expect(answers.slice(since + 1).map(({text}) => text)).not.toContain('old id,dyno,at')
  })

  test('one whose workers an autoscaler brings back: at 0 again, named, and what they write stops', async ({
    expect,
  }) => {
    await using world = await openWorld(postgres, {formation: {web: 0, worker: 2}})
    const {heroku, sql} = world
    const migrating = await world.start(['maintenance-migrate', '--', sqlCommand('SELECT pg_sleep(18)')])
    await migrating.says('running SQL')
    heroku.autoscale(APP, 'worker', 3)
    const exits = () => world.log().filter((line) => /\[worker\.\d\]: Process exited/.test(line)).length
    await expect.poll(exits, {timeout: 40_000}).toBe(5)
    const stopped = new Date().toISOString()
    const {code, lines, stderr} = await migrating.done
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/Warning: autoscaler@example\.com scaled worker to 3/)
    const restored = new Date(lines('begin', 'scale-up')[0]!.at).toISOString()
    expect(await sql(`SELECT count(*) FROM ticks WHERE at BETWEEN '${stopped}' AND '${restored}'`)).toBe('0')
    const during = new Date(lines('begin', 'migrate')[0]!.at).toISOString()
    expect(
      Number(await sql(`SELECT count(*) FROM ticks WHERE at BETWEEN '${during}' AND '${stopped}'`)),
    ).toBeGreaterThan(0)
    expect(world.quantities()).toMatchObject({web: 0, worker: 2})
    await expect.poll(() => sql(`SELECT count(*) > 0 FROM ticks WHERE at > '${restored}'`)).toBe('t')
  })

  test('one with a scheduled dump running: it is waited for, and is not taken for ours', async ({expect}) => {
    await using world = await openWorld(postgres, {formation: {web: 0, worker: 1}})
    const {ask, heroku, sql} = world
    const [addon] = (await ask('GET', `/apps/${APP}/addons`)) as Array<{id: string}>
    const schedule = {hour: 2, timezone: 'UTC', schedule_name: 'DATABASE_URL'}
    await ask('POST', `/client/v11/databases/${addon!.id}/transfer-schedules`, schedule)
    const transfers = async () => (await ask('GET', `/client/v11/apps/${APP}/transfers`)) as Transfer[]
    // Somebody's lock keeps pg_dump running for as long as it takes.
    await sql('CREATE TABLE held (id int)')
    const locking = sql('BEGIN; LOCK TABLE held; SELECT pg_sleep(120)').catch(() => {})
    const locked = "SELECT pid FROM pg_locks WHERE relation = 'held'::regclass AND granted"
    await expect.poll(() => sql(locked), {timeout: 15_000}).not.toBe('')
    heroku.runSchedules(APP)
    await expect.poll(async () => (await transfers())[0]?.started_at, {timeout: 15_000}).toEqual(expect.any(String))
    const migrating = await world.start(['maintenance-migrate', '--', sqlCommand(ADD_DAY)])
    await migrating.says('waiting for the scheduled backup a001')
    await sql(`SELECT pg_terminate_backend(pid) FROM (${locked}) AS holders`)
    await locking
    const {code, stderr} = await migrating.done
    expect(code, stderr).toBe(0)
    const [theirs, ours, ...more] = await transfers()
    expect(more).toEqual([])
    expect([theirs, ours]).toEqual([
      expect.objectContaining({succeeded: true, schedule: expect.any(Object)}),
      expect.objectContaining({succeeded: true}),
    ])
    expect(ours!.schedule ?? null).toBe(null)
    expect(Date.parse(ours!.created_at)).toBeGreaterThanOrEqual(Date.parse(theirs!.finished_at))
  })
})
