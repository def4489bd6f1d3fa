import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {until, usePlatform, type Loose} from './fixture.js'
import {startPlatform, type LocalHeroku} from './index.js'

const platform = usePlatform()
const {ask} = platform

const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$/

async function database(plan = 'essential-1', app = 'acme'): Promise<Loose> {
  await platform.heroku.createApp(app)
  const {body, status} = await ask('POST', `/apps/${app}/addons`, {plan: `heroku-postgresql:${plan}`})
  expect(status).toBe(201)
  return body
}

const capture = async (addon: Loose) => ask('POST', `/client/v11/databases/${addon.id}/backups`)
const transfers = async (app = 'acme') => (await ask('GET', `/client/v11/apps/${app}/transfers`)).body as Loose[]
const transfer = async (id: number | string, query = '') =>
  (await ask('GET', `/client/v11/apps/acme/transfers/${id}${query}`)).body
const finished = (id: number | string) =>
  until(async () => {
    const seen = await transfer(id, '?verbose=true')
    expect(seen.finished_at).toMatch(time)
    return seen
  })
async function captured(addon: Loose): Promise<Loose> {
  const {body, status} = await capture(addon)
  expect(status).toBe(201)
  return finished(body.uuid)
}

const item = (info: Loose, name: string) => info.info.find((one: Loose) => one.name === name)?.values[0]

describe('a database', () => {
  it('is described by add-on id and by name, and an essential one is not continuously protected', async () => {
    const addon = await database()
    const {body, status} = await ask('GET', `/client/v11/databases/${addon.id}`)
    expect([status, body.addon_id, body.plan, body['waiting?']]).toEqual([200, addon.id, 'essential-1', false])
    expect(body.num_bytes).toBeGreaterThan(0)
    expect(body.info.map((one: Loose) => one.name)).toEqual([
      'Plan',
      'Status',
      'Connections',
      'PG Version',
      'Created',
      'Data Size',
      'Tables',
      'Fork/Follow',
      'Rollback',
      'Continuous Protection',
    ])
    expect(['Status', 'Fork/Follow', 'Rollback', 'Continuous Protection'].map((name) => item(body, name))).toEqual([
      'Available',
      'Unsupported',
      'Unsupported',
      'Off',
    ])
    expect((await ask('GET', `/client/v11/databases/${addon.name}`)).body).toEqual(body)
    const {body: vars} = await ask('GET', '/apps/acme/config-vars')
    expect(body.resource_url).toBe(vars.DATABASE_URL)
  })

  it('of a standard plan is, and can be followed', async () => {
    const addon = await database('standard-0')
    const {body} = await ask('GET', `/client/v11/databases/${addon.id}`)
    expect([item(body, 'Continuous Protection'), item(body, 'Fork/Follow')]).toEqual(['On', 'Available'])
    expect(body).toMatchObject({formation: {}, leader: null, following: null, plan: {name: 'standard-0'}})
  })

  it('that is not there is HTML called JSON; without the token, JSON', async () => {
    const lost = await fetch(`${platform.heroku.url}/client/v11/databases/nowhere`, {
      headers: {Authorization: `Bearer ${platform.heroku.apiKey}`},
    })
    expect(lost.status).toBe(404)
    expect(lost.headers.get('content-type')).toMatch('application/json')
    expect(await lost.text()).toBe('<h1>Not Found</h1>')
    const stranger = await fetch(`${platform.heroku.url}/client/v11/databases/nowhere`)
    expect([stranger.status, await stranger.json()]).toEqual([
      401,
      {id: 'unauthorized', message: 'Invalid credentials provided.'},
    ])
  })

  it('takes its time to be there, where the knobs say so', async () => {
    const addon = await database()
    Object.assign(platform.heroku.knobs('acme'), {databaseProvisioning: 2, databaseWaits: 1})
    const status = async () => {
      const response = await fetch(`${platform.heroku.url}/client/v11/databases/${addon.id}/wait_status`, {
        headers: {Authorization: `Basic ${Buffer.from(`:${platform.heroku.apiKey}`).toString('base64')}`},
      })
      return response.ok ? ((await response.json()) as Loose)['waiting?'] : response.status
    }

    expect([await status(), await status(), await status(), await status()]).toEqual([404, 404, true, false])
  })
})

describe('a backup', () => {
  it('is pending, runs and finishes, in the words of the platform', async () => {
    const addon = await database()
    platform.heroku.knobs('acme').transferStaysPending = true
    const {body, status} = await capture(addon)
    expect(status).toBe(201)
    expect(body).toEqual({
      uuid: expect.any(String),
      num: 1,
      from_name: 'DATABASE',
      from_type: 'pg_dump',
      from_url: expect.stringMatching(/^postgres:/),
      to_name: 'BACKUP',
      to_type: 'gof3r',
      to_url: expect.stringMatching(/^http/),
      options: {},
      source_bytes: null,
      processed_bytes: 0,
      succeeded: null,
      warnings: 0,
      created_at: expect.stringMatching(time),
      started_at: null,
      canceled_at: null,
      updated_at: null,
      finished_at: null,
      deleted_at: null,
      purged_at: null,
      num_keep: 2,
    })
    Object.assign(platform.heroku.knobs('acme'), {transferStaysPending: false, transferMs: 1500})
    const first = await until(async () => {
      const seen = await transfer(body.uuid)
      expect(seen).toMatchObject({started_at: expect.stringMatching(time), finished_at: null, succeeded: null})
      expect(seen.processed_bytes).toBeGreaterThan(0)
      return seen
    })
    expect(first.source_bytes).toBeGreaterThan(0)
    const beating = await until(async () => {
      const seen = await transfer(body.uuid)
      expect(seen.updated_at).not.toBe(first.updated_at)
      return seen
    })
    expect(beating.finished_at).toBe(null)
    const end = await finished(1)
    expect(end).toMatchObject({uuid: body.uuid, succeeded: true, canceled_at: null, num_keep: 2})
    expect(end.logs[0]).toEqual({
      created_at: expect.stringMatching(time),
      level: 'info',
      message: expect.stringMatching('made of bytes'),
    })
    expect(await transfer(1)).not.toHaveProperty('logs')
  })

  it('keeps a second one from starting, on its own database only', async () => {
    const addon = await database()
    const {body: other} = await ask('POST', '/apps/acme/addons', {plan: 'heroku-postgresql:essential-0'})
    platform.heroku.knobs('acme').transferStaysPending = true
    expect((await capture(addon)).status).toBe(201)
    expect(await capture(addon)).toMatchObject({status: 409, body: {id: 'conflict'}})
    expect((await capture(other)).status).toBe(201)
    expect((await transfers()).map(({num}) => num)).toEqual([1, 2])
  })

  it.each(['pending', 'running'])('is canceled while it is %s, and then another can start', async (stage) => {
    const addon = await database()
    const knobs = Object.assign(platform.heroku.knobs('acme'), {
      transferStaysPending: stage === 'pending',
      transferMs: 60_000,
    })
    const {body} = await capture(addon)
    if (stage === 'running') await until(async () => expect((await transfer(1)).started_at).toMatch(time))
    const canceled = await ask('POST', `/client/v11/apps/acme/transfers/${body.uuid}/actions/cancel`)
    expect(canceled).toMatchObject({status: 200, body: {succeeded: false}})
    expect([canceled.body.canceled_at, canceled.body.finished_at]).toEqual([
      expect.stringMatching(time),
      expect.stringMatching(time),
    ])
    expect((await ask('POST', `/client/v11/apps/acme/transfers/${body.uuid}/actions/cancel`)).status).toBe(422)
    Object.assign(knobs, {transferStaysPending: false, transferMs: 0})
    expect((await captured(addon)).succeeded).toBe(true)
  })

  it('that fails says why in its logs, and nothing can be had of it', async () => {
    const addon = await database()
    platform.heroku.knobs('acme').transferFails = 'pg_dump: error: out of luck'
    const failed = await captured(addon)
    expect(failed).toMatchObject({succeeded: false, canceled_at: null})
    expect(failed.logs.at(-1)).toMatchObject({level: 'error', message: 'pg_dump: error: out of luck'})
    expect((await ask('POST', '/client/v11/apps/acme/transfers/1/actions/public-url')).status).toBe(422)
  })

  it('never has the credentials of its URLs in its logs', async () => {
    const addon = await database()
    const {body: vars} = await ask('GET', '/apps/acme/config-vars')
    const {password} = new URL(vars.DATABASE_URL)
    platform.heroku.knobs('acme').transferFails = `no answer from ${vars.DATABASE_URL} with ${password}`
    const {logs} = await captured(addon)
    expect(logs.at(-1).message).toBe('no answer from *** with ***')
  })

  it.each([
    ['essential-0', 2, 4],
    ['standard-0', 25, 26],
  ])('of %s: the %s newest stay', async (plan, keep, made) => {
    const addon = await database(plan)
    for (let i = 0; i < made; i++) expect((await captured(addon)).num_keep).toBe(keep)
    const nums = Array.from({length: keep}, (_, i) => made - keep + i + 1)
    expect((await transfers()).map(({num}) => num)).toEqual(nums)
  })

  it('is downloaded by its public URL only, until it is deleted', async () => {
    const {to_url: toUrl, processed_bytes: bytes} = await captured(await database())
    const {body, status} = await ask('POST', '/client/v11/apps/acme/transfers/1/actions/public-url')
    expect([status, typeof body.expires_at]).toEqual([201, 'string'])
    const download = async (url: string) => {
      const response = await fetch(url)
      return [response.status, (await response.arrayBuffer()).byteLength]
    }

    expect(await download(body.url)).toEqual([200, bytes])
    expect((await download(toUrl))[0]).toBe(403)
    expect((await download(body.url.replace(/expires=\d/, 'expires=9')))[0]).toBe(403)
    expect((await ask('DELETE', '/client/v11/apps/acme/transfers/1')).body.deleted_at).toMatch(time)
    expect((await download(body.url))[0]).toBe(404)
    expect(await transfers()).toEqual([])
    expect((await ask('GET', '/apps/acme')).status).toBe(200)
  })

  it('transferPollErrors: looks at it fail, the backup does not', async () => {
    const addon = await database()
    const {body} = await capture(addon)
    platform.heroku.knobs('acme').transferPollErrors = 2
    const url = `/client/v11/apps/acme/transfers/${body.uuid}`
    const statuses = [await ask('GET', url), await ask('GET', url), await ask('GET', url)].map(({status}) => status)
    expect(statuses).toEqual([503, 503, 200])
    expect((await finished(1)).succeeded).toBe(true)
  })

  it('is listed under the app that pays for the database, by name and by id, and under no other', async () => {
    const addon = await database()
    await platform.heroku.createApp('other')
    await captured(addon)
    expect(await transfers(addon.app.id)).toEqual(await transfers())
    expect(await transfers('other')).toEqual([])
  })
})

describe('a restore', () => {
  it('reads a backup by its to_url or its public one, and is a transfer too', async () => {
    const addon = await database()
    const {to_url: toUrl, processed_bytes: bytes} = await captured(addon)
    const {body: open} = await ask('POST', '/client/v11/apps/acme/transfers/1/actions/public-url')
    for (const [index, url] of [toUrl, open.url].entries()) {
      const {body, status} = await ask('POST', `/client/v11/databases/${addon.id}/restores`, {backup_url: url})
      expect(status).toBe(201)
      expect(body).toMatchObject({from_type: 'htcat', to_type: 'pg_restore', to_name: 'DATABASE', num: index + 2})
      expect(await finished(body.uuid)).toMatchObject({succeeded: true, processed_bytes: bytes, num_keep: 5})
    }
  })

  it('of what cannot be read fails, and its logs hold no part of the URL', async () => {
    const addon = await database()
    const url = `${platform.heroku.url}/backups/nothing?signature=s3cr3t`
    const {body} = await ask('POST', `/client/v11/databases/${addon.id}/restores`, {backup_url: url})
    const failed = await finished(body.uuid)
    expect(failed.succeeded).toBe(false)
    expect(JSON.stringify(failed.logs)).toMatch("can't read the backup: status 403")
    expect(JSON.stringify(failed.logs)).not.toMatch(/s3cr3t|backups/)
    const odd = {backup_url: url, extensions: ['hstore"; DROP TABLE x']}
    expect((await ask('POST', `/client/v11/databases/${addon.id}/restores`, odd)).status).toBe(422)
  })
})

describe('a platform that is started again', () => {
  it('has its backups; what was on its way has failed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'data-state-'))
    const options = {speed: 20, stateFile: path.join(folder, 'state.json')}
    const askOf = async (heroku: LocalHeroku, method: string, url: string, body?: object): Promise<Loose> => {
      const headers = {
        Accept: 'application/vnd.heroku+json; version=3',
        Authorization: `Bearer ${heroku.apiKey}`,
        'Content-Type': 'application/json',
      }
      return (await fetch(heroku.url + url, {method, headers, ...(body && {body: JSON.stringify(body)})})).json()
    }

    const all = '/client/v11/apps/acme/transfers'
    const first = await startPlatform(options)
    await first.createApp('acme')
    const addon = await askOf(first, 'POST', '/apps/acme/addons', {plan: 'heroku-postgresql:essential-0'})
    await askOf(first, 'POST', `/client/v11/databases/${addon.id}/backups`)
    await until(async () => expect((await askOf(first, 'GET', `${all}/1`)).succeeded).toBe(true))
    first.knobs('acme').transferMs = 60_000
    await askOf(first, 'POST', `/client/v11/databases/${addon.id}/backups`)
    await until(async () => expect((await askOf(first, 'GET', `${all}/2`)).started_at).toMatch(time))
    await first.stop()

    const second = await startPlatform(options)
    try {
      const seen = await askOf(second, 'GET', all)
      expect(seen.map(({num, succeeded}: Loose) => [num, succeeded])).toEqual([
        [1, true],
        [2, false],
      ])
      const {url} = await askOf(second, 'POST', `${all}/1/actions/public-url`)
      expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(seen[0].processed_bytes)
    } finally {
      await second.stop()
      await rm(folder, {recursive: true, force: true})
    }
  })
})

describe('a schedule', () => {
  it('is made, replaced by another of its name, runs and goes', async () => {
    const addon = await database()
    const url = `/client/v11/databases/${addon.id}/transfer-schedules`
    const wish = {hour: '04', timezone: 'UTC', schedule_name: 'DATABASE_URL'}
    expect((await ask('POST', url, {...wish, hour: '24'})).status).toBe(422)
    expect((await ask('POST', url, wish)).status).toBe(201)
    const {body: schedule} = await ask('POST', url, {...wish, hour: '5'})
    expect((await ask('GET', url)).body).toEqual([schedule])
    expect(schedule).toMatchObject({name: 'DATABASE_URL', hour: 5, timezone: 'UTC'})
    platform.heroku.runSchedules('acme')
    expect(await finished(1)).toMatchObject({succeeded: true, schedule: {uuid: schedule.uuid}})
    expect((await ask('DELETE', `${url}/${schedule.uuid}`)).status).toBe(200)
    expect((await ask('GET', url)).body).toEqual([])
  })
})
