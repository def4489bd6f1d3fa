import {afterAll, beforeAll, beforeEach, describe, test} from 'vitest'

import {createDatabase} from '../platform/data/database.js'
import {postgresBin, psql} from '../platform/data/tools.js'
import {needs} from '../real/needs.js'
import {type Postgres, startPostgres} from '../real/postgres.js'
import {sqlCommand} from './programs.js'
import {APP, openWorld} from './world.js'

let postgres: Postgres | undefined
beforeAll(async () => {
  if (postgresBin()) postgres = await startPostgres()
})
beforeEach((context) => needs(context, 'heroku-cli', 'postgres'))
afterAll(() => postgres?.stop())

const ADD_DAY = sqlCommand('ALTER TABLE ticks ADD COLUMN day date')

describe.concurrent('apps and databases of all kinds', {timeout: 120_000}, () => {
  // What its dynos run is an image here as well; what the API says of it is that of an app that was pushed by git.
  test('an app of buildpacks is migrated as one of images is; a ship of images to it is refused', async ({expect}) => {
    await using world = await openWorld(postgres, {stack: 'heroku-24', formation: {web: 0, worker: 2}})
    const before = structuredClone(world.heroku.world(APP))
    const refused = await world.run(['ship', ...(await world.archive('worker', 'sleep 1')), '--migrate', ADD_DAY])
    expect(refused.code, refused.stderr).toBe(3)
    const {code, stderr} = await world.run(['maintenance-migrate', '--', ADD_DAY])
    expect(code, stderr).toBe(0)
    expect(await world.heroku.settled(APP)).toEqual(before)
  })

  test('several databases: each is backed up, and how to go back is said of each', async ({expect}) => {
    await using world = await openWorld(postgres, {formation: {web: 0, worker: 1}})
    const {ask, run} = world
    await ask('POST', `/apps/${APP}/addons`, {plan: 'heroku-postgresql:essential-0', attachment: {name: 'LEDGER'}})
    const {LEDGER_URL} = (await ask('GET', `/apps/${APP}/config-vars`)) as {LEDGER_URL: string}
    await psql(postgresBin()!, LEDGER_URL, 'CREATE TABLE lines (said text)')
    await world.heroku.settled(APP)
    const both = ['--database', 'DATABASE_URL', '--database', 'LEDGER']
    const {code, stderr, stdout} = await run(['maintenance-migrate', ...both, '--', ADD_DAY])
    expect(code, stderr).toBe(0)
    const transfers = (await ask('GET', `/client/v11/apps/${APP}/transfers`)) as Array<{
      from_name: string
      succeeded: boolean
    }>
    expect(transfers.map(({from_name: name, succeeded}) => [name, succeeded]).sort()).toEqual([
      ['DATABASE', true],
      ['LEDGER', true],
    ])
    expect(stdout).toMatch(/heroku pg:backups:restore b\d+ DATABASE_URL --app example-app/)
    expect(stdout).toMatch(/heroku pg:backups:restore b\d+ LEDGER --app example-app/)
  })

  test('a plan with continuous protection: no capture, but the command that goes back to the moment before', async ({
    expect,
  }) => {
    await using world = await openWorld(postgres, {plan: 'standard-0', formation: {web: 0, worker: 1}})
    const done = await world.run(['maintenance-migrate', '--', ADD_DAY])
    expect(done.code, done.stderr).toBe(0)
    expect(await world.ask('GET', `/client/v11/apps/${APP}/transfers`)).toEqual([])
    const [, time] = /heroku addons:create .*--rollback .*--to '([^']+)'/.exec(done.stdout) ?? []
    const [drained, begun] = [done.lines('end', 'scale-down')[0]!.at, done.lines('begin', 'migrate')[0]!.at]
    expect(Date.parse(`${time}`), done.stdout).toBeGreaterThanOrEqual(drained - 1000)
    expect(Date.parse(`${time}`)).toBeLessThanOrEqual(begun)
  })

  test('no Heroku database: refused, unless it is said that there is nothing to back up', async ({expect}) => {
    const url = await createDatabase(postgres!.url)
    await psql(postgresBin()!, url, 'CREATE TABLE ticks (id serial, dyno text)')
    await using world = await openWorld(postgres, {
      plan: '',
      configVars: {DATABASE_URL: url},
      formation: {web: 0, worker: 1},
    })
    const refused = await world.run(['maintenance-migrate', '--', ADD_DAY])
    expect(refused.code, refused.stderr).toBe(3)
    expect(refused.stderr).toMatch(/--backup none/)
    const done = await world.run(['maintenance-migrate', '--backup', 'none', '--', ADD_DAY])
    expect(done.code, done.stderr).toBe(0)
    expect(await psql(postgresBin()!, url, 'SELECT count(day) FROM ticks')).toBe('0')
  })
})
