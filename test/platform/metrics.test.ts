import {describe, expect, it} from 'vitest'
import {emptyHome, runHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {idle, until, usePlatform, webSaying} from './fixture.js'
import type {Knobs} from './index.js'

const platform = usePlatform()
const {ask} = platform

async function performanceApp(knobs: Partial<Knobs> = {}, size = 'Performance-M') {
  const app = await platform.heroku.createApp('acme')
  Object.assign(platform.heroku.knobs('acme'), knobs)
  const formation = {web: {quantity: 1, size}, worker: 1}
  await platform.heroku.seedRelease('acme', {images: {web: webSaying('hi'), worker: idle}, formation})
  return app.id
}

/** What the stock CLI sends. */
const monitor = {
  action_type: 'scale',
  is_active: true,
  notification_channels: [],
  notification_period: 1440,
  op: 'GREATER_OR_EQUAL',
  period: 1,
  max_quantity: 3,
  min_quantity: 2,
  name: 'LATENCY_SCALE',
  value: 1000,
}
const scale = (type: string, quantity: number) =>
  ask('PATCH', '/apps/acme/formation', {updates: [{type, quantity}]}).then(({status}) => expect(status).toBe(200))
const quantity = (type: string) => platform.heroku.world('acme').formation[type]?.quantity
const scalings = () =>
  platform.heroku
    .log('acme')
    .map((line) => /Scaled to (.*) by user (\w+)@/.exec(line))
    .flatMap((found) => (found ? [`${found[1]} ${found[2]}`] : []))

describe('autoscaling monitors (platform-facts §3.3)', () => {
  it('has one monitor a process type, by the id of the app', async () => {
    const id = await performanceApp()
    const path = `/apps/${id}/formation/web/monitors`
    expect((await ask('GET', path)).body).toEqual([])
    const made = await ask('POST', path, monitor)
    expect(made).toMatchObject({status: 201, body: {...monitor, app_id: id, process_type: 'web'}})
    expect((await ask('GET', path)).body).toEqual([made.body])
    expect(await ask('POST', path, monitor)).toMatchObject({status: 409, body: {id: 'conflict'}})
    const off = {is_active: false, op: 'GREATER_OR_EQUAL', period: 1}
    expect(await ask('PATCH', `${path}/${made.body.id}`, off)).toMatchObject({status: 202})
    expect((await ask('GET', `${path}/${made.body.id}`)).body).toEqual({...made.body, is_active: false})
    expect((await ask('GET', '/apps/acme/formation/web/monitors')).status).toBe(404)
    expect((await ask('PATCH', `${path}/none`, off)).status).toBe(404)
  })

  it.each([
    ['web', 'Standard-1X', 403],
    ['worker', 'Performance-M', 403],
  ])('refuses %s of %s', async (type, size, status) => {
    const id = await performanceApp({}, size)
    expect((await ask('POST', `/apps/${id}/formation/${type}/monitors`, monitor)).status).toBe(status)
  })

  it('refuses who has no access, no token, or limits that cannot be', async () => {
    const id = await performanceApp()
    const path = `/apps/${id}/formation/web/monitors`
    expect((await ask('POST', path, {...monitor, min_quantity: 4})).status).toBe(422)
    expect((await ask('GET', path, undefined, {Authorization: 'Bearer wrong'})).status).toBe(401)
    platform.heroku.knobs('acme').forbidden = true
    expect((await ask('GET', path)).status).toBe(403)
  })

  it('takes no calls from the rate limit of the API', async () => {
    const id = await performanceApp()
    platform.heroku.rateLimit.remaining = 0
    expect((await ask('GET', `/apps/${id}/formation/web/monitors`)).status).toBe(200)
  })

  it('autoscaleMs: overwrites a web quantity set by hand while the monitor is active, and only then', async () => {
    const id = await performanceApp({autoscaleMs: 100})
    const path = `/apps/${id}/formation/web/monitors`
    const made = await ask('POST', path, monitor)
    await until(() => expect(quantity('web')).toBe(2))
    await scale('web', 0)
    expect(quantity('web')).toBe(0)
    await until(() => expect(quantity('web')).toBe(2))
    expect(scalings()).toEqual([
      'web@2:Performance-M autoscaler',
      'web@0:Performance-M founder',
      'web@2:Performance-M autoscaler',
    ])
    await ask('PATCH', `${path}/${made.body.id}`, {is_active: false})
    await scale('web', 1)
    // The worker's way back takes as long as web's would.
    Object.assign(platform.heroku.knobs('acme'), {
      scaledBack: {type: 'worker', quantity: 1, afterMs: 200, times: 1},
    })
    await scale('worker', 0)
    await until(() => expect(quantity('worker')).toBe(1))
    expect(quantity('web')).toBe(1)
  })
})

describe('somebody else who scales', () => {
  it('scaledBack: brings a type back each time it is scaled below, as often as told', async () => {
    await performanceApp({scaledBack: {type: 'worker', quantity: 2, afterMs: 50, times: 2}})
    for (let times = 1; times <= 2; times += 1) {
      await scale('worker', 0)
      await until(() => expect(quantity('worker')).toBe(2))
    }

    await scale('worker', 0)
    expect(platform.heroku.knobs('acme').scaledBack?.times).toBe(0)
    expect(scalings().at(-1)).toBe('worker@0:Standard-1X founder')
  })

  it('autoscale: at once, with real dynos and a line that names somebody else', async () => {
    await performanceApp()
    platform.heroku.autoscale('acme', 'worker', 2)
    expect(platform.heroku.log('acme').at(-1)).toMatch(
      /app\[api\]: Scaled to worker@2:Standard-1X by user autoscaler@example\.com$/,
    )
    const {dynos} = await platform.heroku.settled('acme')
    expect(dynos.map(({name}) => name)).toEqual(['web.1', 'worker.1', 'worker.2'])
  })
})

describe('the memory of a process type (platform-facts §8.7)', () => {
  const hour = 3_600_000
  const memory = (app: string, query: Record<string, string> = {}, type = 'web') => {
    const now = Date.now()
    const params = {
      start_time: new Date(now - hour / 6).toISOString(),
      end_time: new Date(now).toISOString(),
      step: '1m',
      process_type: type,
      ...query,
    }
    return ask('GET', `/apps/${app}/formation/${type}/metrics/memory?${new URLSearchParams(params)}`)
  }

  const mib = 1024 * 1024

  it('memoryCurves: bytes by minute, null where nothing is known, swap above the quota', async () => {
    const id = await performanceApp({memoryCurves: {web: [100, null, 3000, 200, 200]}})
    const {body, status} = await memory(id)
    expect([status, body.step, Date.parse(body.start_time) % 60_000]).toEqual([200, 1, 0])
    const column = (name: string) => body.data[name] as Array<number | null>
    const rss = column('memory.rss.bytes.max')
    expect(rss).toHaveLength(11)
    const first = rss.indexOf(100 * mib)
    expect(rss.slice(first, first + 4)).toEqual([100 * mib, null, 2560 * mib, 200 * mib])
    expect(column('memory.swap.bytes.max')[first + 2]).toBe(440 * mib)
    expect(column('memory.quota.bytes.max').slice(first, first + 2)).toEqual([2560 * mib, null])
    expect(Object.keys(body.data)).toHaveLength(11)
  })

  it('takes the mean and the most of a bucket', async () => {
    const id = await performanceApp({memoryCurves: {web: (at) => (at.getUTCMinutes() % 10 === 0 ? 290 : 190)}})
    const {body} = await memory(id, {step: '10m', start_time: new Date(Date.now() - hour).toISOString()})
    expect(body.step).toBe(10)
    expect(body.data['memory.swap-plus-rss.bytes.mean'][1]).toBe(200 * mib)
    expect(body.data['memory.swap-plus-rss.bytes.max'][1]).toBe(290 * mib)
  })

  it('knows no app by its name, no type it has not, and no step of its own', async () => {
    const id = await performanceApp({memoryCurves: {web: [1]}})
    expect(await memory('acme')).toMatchObject({status: 200, body: {data: {}}})
    expect((await memory(id, {}, 'worker')).body.data).toEqual({})
    const unknown = await memory(id, {}, 'clock')
    expect([unknown.status, unknown.body.message]).toEqual([
      400,
      expect.stringMatching(/^invalid process_type provided/),
    ])
    expect((await memory(id, {process_type: ''})).status).toBe(400)
    expect((await memory(id, {step: '5m'})).status).toBe(400)
    expect((await memory(id, {end_time: 'soon'})).status).toBe(400)
  })

  it.each([
    ['Eco', '10m', 200, {}],
    ['Basic', '1m', 400, undefined],
    ['Basic', '10m', 200, {'memory.quota.bytes.max': expect.arrayContaining([512 * mib])}],
  ])('%s at %s', async (size, step, status, data) => {
    const id = await performanceApp({memoryCurves: {web: () => 100}}, size)
    const answer = await memory(id, {step})
    expect(answer.status).toBe(status)
    if (data) expect(answer.body.data).toEqual(Object.keys(data).length > 0 ? expect.objectContaining(data) : {})
  })
})

describe('the stock Heroku CLI, unchanged, and the metrics host', () => {
  async function cli(...argv: string[]) {
    const home = await emptyHome()
    const {env, metricsEnv} = platform.heroku
    try {
      return await runHeroku([...argv, '--app', 'acme'], {home, env: {...env, ...metricsEnv, CI: 'true'}})
    } finally {
      await home.remove()
    }
  }

  it('ps:autoscale:enable and ps:autoscale:disable', async (ctx) => {
    await needs(ctx, 'heroku-cli')
    await performanceApp({autoscaleMs: 50})
    expect(await cli('ps:autoscale:disable')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('acme does not have autoscale enabled') as string,
    })
    expect(await cli('ps:autoscale:enable', '--min', '2', '--max', '4', '--p95', '500')).toMatchObject({
      code: 0,
      stderr: 'Enabling dyno autoscaling... done\n',
    })
    await until(() => expect(quantity('web')).toBe(2))
    expect((await cli('ps:autoscale:enable', '--min', '1', '--max', '5')).code).toBe(0)
    const asked = platform.heroku.requests.filter(({path}) => path.includes('monitors'))
    expect(asked.map(({method, status}) => `${method} ${status}`)).toEqual([
      'GET 200',
      'GET 200',
      'POST 201',
      'GET 200',
      'PATCH 202',
    ])
    expect(await cli('ps:autoscale:disable')).toMatchObject({code: 0, stderr: 'Disabling dyno autoscaling... done\n'})
  })

  it('apps:errors, which asks by name, has none', async (ctx) => {
    await needs(ctx, 'heroku-cli')
    await performanceApp()
    expect(await cli('apps:errors')).toMatchObject({code: 0, stdout: 'No errors on acme in the last 24 hours\n'})
  })

  it('goes nowhere else through the platform', async () => {
    const {request} = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      request({port: platform.heroku.port, host: '127.0.0.1', method: 'CONNECT', path: 'example.com:443'})
        .on('connect', (answer, socket) => {
          socket.destroy()
          resolve(answer.statusCode)
        })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})
