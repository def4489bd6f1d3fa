import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {dataOrigin} from '../../src/lib/heroku/data-host.js'
import type {DataApi} from '../../src/lib/heroku/data-types.js'
import {NotSent, OutcomeUnknown, PlatformError, Unreadable} from '../../src/lib/heroku/errors.js'
import {parseTransfer, parseTransfers} from '../../src/lib/heroku/parse-transfer.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {dataApiAt, dataApiOf} from './data-client.js'
import {allOf, herokuClient, platformAt, TOKEN} from './heroku-client.js'
import {json, startServer} from './local-server.js'

afterEach(() => vi.unstubAllEnvs())

/** As the Data API answers (platform-facts §6.3). */
const TRANSFER = {
  uuid: '8a2e1c8e-7a52-4a4e-9c0e-0d2b5a4c1f11',
  num: 1721,
  from_name: 'DATABASE',
  from_type: 'pg_dump',
  from_url: 'postgres://user:5ecre7@db.example.com:5432/name',
  to_name: 'BACKUP',
  to_type: 'gof3r',
  to_url: 'https://example.com/backup?signature=5ecre7',
  options: {},
  source_bytes: null,
  processed_bytes: 0,
  succeeded: null,
  warnings: 0,
  created_at: '2020-12-13 16:22:40 +0000',
  started_at: null,
  canceled_at: null,
  updated_at: null,
  finished_at: null,
  deleted_at: null,
  purged_at: null,
  num_keep: 2,
}

describe('a transfer', () => {
  it('is read without the URLs that hold credentials, its times in ms', () => {
    const transfer = parseTransfer(TRANSFER)
    expect(transfer).toMatchObject({num: 1721, name: 'b1721', kind: 'backup', from: 'DATABASE', keep: 2})
    expect(transfer).toMatchObject({createdAt: Date.UTC(2020, 11, 13, 16, 22, 40), startedAt: null, succeeded: null})
    expect(JSON.stringify(transfer)).not.toContain('5ecre7')
  })

  it.each([
    [{num: 7}, 'b007'],
    [{num: 7, schedule: {uuid: '1'}}, 'a007'],
    [{num: 7, to_type: 'pg_restore'}, 'c007'],
    [{num: 7, from_type: 'htcat', to_type: 'pg_restore'}, 'r007'],
    [{num: 7, options: {pgbackups_name: 'b010'}}, 'ob010'],
  ])('%j is called %s, as the stock CLI calls it', (more, name) => {
    expect(parseTransfer({...TRANSFER, ...more}).name).toBe(name)
  })

  it('that was deleted is none; the newest comes first', () => {
    const listed = parseTransfers([
      {...TRANSFER, num: 1},
      {...TRANSFER, num: 2, deleted_at: '2020-12-14 00:00:00 +0000'},
      {...TRANSFER, num: 3},
      {...TRANSFER, num: 4, created_at: '2020-12-13 16:22:39 +0000'},
    ])
    expect(listed.map(({num}) => num)).toEqual([3, 1, 4])
  })
})

describe('the host', () => {
  it.each([
    [undefined, {}, 'https://api.data.heroku.com'],
    [undefined, {HEROKU_POSTGRESQL_HOST: 'pg.herokudev.com'}, 'https://pg.herokudev.com'],
    [undefined, {HEROKU_DATA_HOST: 'a.herokudev.com', HEROKU_POSTGRESQL_HOST: 'b'}, 'https://a.herokudev.com'],
    ['http://localhost:4000', {HEROKU_DATA_HOST: 'localhost'}, 'http://localhost:4000'],
    ['http://localhost:4000', {HEROKU_DATA_HOST: '127.0.0.1'}, 'http://127.0.0.1:4000'],
  ])('with HEROKU_HOST %s and %j is %s', (host, env, origin) => {
    expect(dataOrigin(herokuClient(host), env)).toBe(origin)
  })

  it.each([
    ['https://api.heroku.com', 'localhost:4000', 'without protocol and port'],
    ['https://api.heroku.com', 'http://localhost', 'without protocol and port'],
    ['http://localhost:4000', 'api.data.heroku.com', 'without encryption'],
  ])('with HEROKU_HOST %s, %s is refused', (host, dataHost, why) => {
    expect(() => dataOrigin(herokuClient(host), {HEROKU_DATA_HOST: dataHost})).toThrow(why)
  })

  it('that is not one of Heroku never sees the login', async () => {
    const server = await startServer((_req, res) => json(res, 200, []))
    const port = server.host.split(':')[1]
    const data = dataApiAt(`http://localhost:${port}`, 'localhost')
    expect(await data.transfers('acme')).toEqual([])
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
    const other = dataApiAt('https://api.heroku.com', 'data.example.com')
    await expect(other.transfers('acme')).rejects.toThrow(Unreadable)
    await expect(other.capture('db')).rejects.toThrow(NotSent)
    await server.close()
  })
})

describe('with the local Heroku', () => {
  let local: LocalHeroku
  let data: DataApi
  let addon: string

  beforeEach(async () => {
    local = await startPlatform({speed: 20, apiKey: TOKEN})
    await local.createApp('acme')
    addon = await database('standard-0')
    data = dataApiOf(local)
  })

  afterEach(() => local.stop())

  async function database(plan: string): Promise<string> {
    const response = await fetch(`${local.url}/apps/acme/addons`, {
      method: 'POST',
      headers: {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({plan: `heroku-postgresql:${plan}`}),
    })
    return ((await response.json()) as {id: string}).id
  }

  const asked = (method: string) =>
    local.requests.filter((one) => one.method === method && one.path.includes('/client/'))
  const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

  it('a database says its size, its plan, and whether it is protected continuously', async () => {
    const info = await data.database(addon)
    expect(info).toEqual({
      plan: 'standard-0',
      bytes: expect.any(Number),
      status: 'Available',
      continuousProtection: true,
      waiting: false,
    })
    const essential = await data.database(await database('essential-0'))
    expect(essential).toMatchObject({plan: 'essential-0', continuousProtection: false})
  })

  it('one that is not there is undefined, though its 404 is HTML that is called JSON; it is asked for once', async () => {
    const before = asked('GET').length
    expect(await data.database('nowhere')).toBe(undefined)
    expect(asked('GET').length - before).toBe(1)
    expect(await failure(data.transfer('acme', 77))).toMatchObject({status: 404, name: 'PlatformError'})
  })

  it('the clock is the one of the platform', async () => {
    const before = Date.now()
    const at = await data.platformTime('acme')
    expect(at).toBeGreaterThanOrEqual(before - 1000)
    expect(at).toBeLessThanOrEqual(Date.now())
    expect(at % 1000).toBe(0)
  })

  it('a capture is begun, followed and listed; its log is lines of text', async () => {
    const begun = await data.capture(addon)
    expect(begun).toMatchObject({name: 'b001', kind: 'backup', finishedAt: null})
    await expect.poll(async () => (await data.transfer('acme', begun.uuid)).succeeded, {timeout: 10_000}).toBe(true)
    expect(await data.transfer('acme', 1)).toMatchObject({uuid: begun.uuid, finishedAt: expect.any(Number)})
    expect((await data.transfers('acme')).map(({name}) => name)).toEqual(['b001'])
    expect(await data.transferLog('acme', begun.uuid)).toEqual([expect.stringContaining('made of bytes')])
  })

  it('one that runs is cancelled', async () => {
    local.knobs('acme').transferStaysPending = true
    const {uuid} = await data.capture(addon)
    await data.cancel('acme', uuid)
    expect(await data.transfer('acme', uuid)).toMatchObject({succeeded: false, canceledAt: expect.any(Number)})
  })

  it('a second capture of a busy database is refused in the words of the platform', async () => {
    local.knobs('acme').transferStaysPending = true
    await data.capture(addon)
    expect(await failure(data.capture(addon))).toMatchObject({
      status: 409,
      said: 'A transfer is currently in progress.',
    })
  })

  it.each(['lost', 'before'] as const)(
    'a capture whose answer is lost (%s) is unknown, and sent once',
    async (moment) => {
      local.fault({method: 'POST', path: /backups$/, moment, ...(moment === 'before' ? {status: 503} : {})})
      expect(await failure(data.capture(addon))).toBeInstanceOf(OutcomeUnknown)
      expect(asked('POST').length).toBe(1)
    },
  )

  it('a read is asked again after trouble of the platform', async () => {
    await data.capture(addon)
    local.knobs('acme').transferPollErrors = 2
    expect(await data.transfer('acme', 1)).toMatchObject({num: 1})
  })

  it('a wrong login is refused with advice, and no message holds the token', async () => {
    const wrong = dataApiOf(local, {token: 'HRKU-wr0ng-70ken-0f-7he-7e57-wr0ng'})
    const error = await failure(wrong.transfers('acme'))
    expect(error).toBeInstanceOf(PlatformError)
    expect(error).toMatchObject({status: 401, id: 'unauthorized'})
    expect(allOf(error)).not.toMatch(/70ken/)
  })

  it('asks with the port of the API, as the stock CLI does', async () => {
    const [attachment] = await platformAt(local.url).attachments('acme')
    expect(await data.database(attachment!.addon.name)).toMatchObject({plan: 'standard-0'})
  })
})
