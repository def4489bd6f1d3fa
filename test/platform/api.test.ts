import {describe, expect, it} from 'vitest'
import {plain, sdk, usePlatform, type Loose} from './fixture.js'

const platform = usePlatform({exampleApp: false})
const {ask} = platform

describe('pages (platform-facts §9.3)', () => {
  it('gives the newest releases, and the next page by Next-Range', async () => {
    await platform.heroku.createApp('acme')
    for (let n = 0; n < 3; n += 1) await ask('PATCH', '/apps/acme/config-vars', {A: String(n)})
    const first = await ask('GET', '/apps/acme/releases', undefined, {Range: 'version ..; max=2, order=desc'})
    expect(first.status).toBe(206)
    expect(first.body.map((one: Loose) => one.version)).toEqual([5, 4])
    const second = await ask('GET', '/apps/acme/releases', undefined, {Range: first.headers.get('next-range') ?? ''})
    expect(second.body.map((one: Loose) => one.version)).toEqual([3, 2])
    const last = await ask('GET', '/apps/acme/releases', undefined, {Range: second.headers.get('next-range') ?? ''})
    expect([last.status, last.headers.get('next-range')]).toEqual([200, null])
    expect(last.body.map((one: Loose) => one.version)).toEqual([1])
    const all = await ask('GET', '/apps/acme/releases')
    expect(all.body.map((one: Loose) => one.version)).toEqual([1, 2, 3, 4, 5])
  })

  it('answers a range it cannot read with 416', async () => {
    await platform.heroku.createApp('acme')
    const {status, body} = await ask('GET', '/apps/acme/releases', undefined, {Range: 'colour ..'})
    expect([status, body.id]).toEqual([416, 'requested_range_not_satisfiable'])
  })
})

describe('errors (platform-facts §9.4)', () => {
  it.each([
    ['GET', '/apps/nowhere', undefined, {}, 404, 'not_found', "Couldn't find that app."],
    ['GET', '/apps/acme/releases/99', undefined, {}, 404, 'not_found', "Couldn't find that release."],
    ['GET', '/apps/acme/dynos/web.9', undefined, {}, 404, 'not_found', "Couldn't find that dyno."],
    ['GET', '/nothing/here', undefined, {}, 404, 'not_found', /endpoint was not found/],
    [
      'GET',
      '/apps/acme',
      undefined,
      {Authorization: 'Bearer wrong'},
      401,
      'unauthorized',
      'Invalid credentials provided.',
    ],
    ['GET', '/apps/acme', undefined, {Accept: 'application/json'}, 406, 'not_acceptable', /version 3/],
    ['PATCH', '/apps/acme', {maintenance: 'yes'}, {}, 422, 'invalid_params', /boolean/],
    ['PATCH', '/apps/acme/config-vars', {'A-B': '1'}, {}, 422, 'invalid_params', /A-B/],
    ['PATCH', '/apps/acme/config-vars', [1], {}, 400, 'bad_request', /JSON/],
    ['POST', '/apps/acme/dynos', {command: 'ls', attach: true}, {}, 422, 'invalid_params', /no release/],
  ])('%s %s %j', async (method, path, body, headers, status, id, message) => {
    await platform.heroku.createApp('acme')
    const refused = await ask(method, path, body, headers as Record<string, string>)
    expect([refused.status, refused.body.id]).toEqual([status, id])
    expect(refused.body.message).toMatch(message)
  })

  it('says 403 for an app we may not see', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.knobs('acme').forbidden = true
    expect(await ask('GET', '/apps/acme')).toMatchObject({status: 403, body: {id: 'forbidden'}})
  })
})

describe('headers and limits (platform-facts §9.1, §9.2)', () => {
  it('counts calls down, answers 429 at none, and lets the question itself be free', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.rateLimit.remaining = 2
    expect((await ask('GET', '/apps/acme')).headers.get('ratelimit-remaining')).toBe('1')
    expect((await ask('GET', '/account/rate-limits')).body).toEqual({remaining: 1})
    expect((await ask('GET', '/apps/acme')).status).toBe(200)
    const refused = await ask('GET', '/apps/acme')
    expect([refused.status, refused.body.id]).toEqual([429, 'rate_limit'])
    expect((await ask('GET', '/account/rate-limits')).body).toEqual({remaining: 0})
  })

  it('adds a Request-Id to those it was given, and knows If-None-Match', async () => {
    await platform.heroku.createApp('acme')
    const first = await ask('GET', '/apps/acme', undefined, {'Request-Id': 'mine'})
    expect(first.headers.get('request-id')).toMatch(/^mine,[\da-f-]{36}$/)
    const again = await ask('GET', '/apps/acme', undefined, {'If-None-Match': first.headers.get('etag') ?? ''})
    expect(again.status).toBe(304)
  })

  it('tells the generation in 3.sdk only (platform-facts §1.11)', async () => {
    await platform.heroku.createApp('acme')
    await platform.heroku.createApp('firry', {generation: 'fir', stack: 'cnb'})
    expect((await ask('GET', '/apps/acme', undefined, {Accept: plain})).body.generation).toBeUndefined()
    expect((await ask('GET', '/apps/acme', undefined, {Accept: sdk})).body.generation.name).toBe('cedar')
    expect((await ask('GET', '/apps/firry', undefined, {Accept: sdk})).body.generation.name).toBe('fir')
  })

  it.each(['/account', '/apps', '/dyno-sizes', '/dyno-sizes/standard-1x', '/apps/acme/collaborators'])(
    'answers %s in both versions',
    async (path) => {
      await platform.heroku.createApp('acme')
      for (const Accept of [plain, sdk]) expect((await ask('GET', path, undefined, {Accept})).status).toBe(200)
      const available = await ask('GET', '/apps/acme/available-dyno-sizes', undefined, {Accept: sdk})
      expect(available.body.length).toBeGreaterThan(0)
    },
  )

  it('changes the stack of the next release with build_stack', async () => {
    await platform.heroku.createApp('acme', {stack: 'heroku-24', formation: {web: 1}})
    const {body} = await ask('PATCH', '/apps/acme', {build_stack: 'container'})
    expect([body.stack.name, body.build_stack.name]).toEqual(['heroku-24', 'container'])
  })
})

describe('add-ons and features (platform-facts §6.2)', () => {
  it('resolves an attachment by its name, its config var and its add-on', async () => {
    await platform.heroku.createApp('acme')
    const addon = (await ask('POST', '/apps/acme/addons', {plan: 'heroku-postgresql:essential-0'})).body
    const resolve = (wish: string, headers = {}) =>
      ask('POST', '/actions/addon-attachments/resolve', {app: 'acme', addon_attachment: wish}, headers)
    for (const wish of ['DATABASE', 'DATABASE_URL', addon.name]) {
      expect((await resolve(wish)).body).toMatchObject([{name: 'DATABASE', addon: {name: addon.name}}])
    }

    const more = await resolve('DATABASE_URL', {Accept: sdk, 'Accept-Inclusion': 'addon:plan,config_vars'})
    expect(more.body).toMatchObject([
      {addon: {plan: {name: 'heroku-postgresql:essential-0'}}, config_vars: ['DATABASE_URL']},
    ])
    expect(await resolve('REDIS_URL')).toMatchObject({
      status: 404,
      body: {id: 'not_found', resource: 'add_on attachment'},
    })
    for (const path of ['/addon-attachments', '/apps/acme/addon-attachments', '/addons', '/apps/acme/addons']) {
      for (const Accept of [plain, sdk]) expect((await ask('GET', path, undefined, {Accept})).body).toHaveLength(1)
    }

    expect((await ask('GET', '/apps/acme/config-vars')).body).toMatchObject({
      DATABASE_URL: expect.stringMatching(/^postgres:/),
    })
    await ask('DELETE', `/apps/acme/addons/${addon.name}`)
    expect((await ask('GET', '/apps/acme/config-vars')).body).toEqual({})
  })

  it('switches preboot and log-runtime-metrics', async () => {
    await platform.heroku.createApp('acme')
    expect((await ask('GET', '/apps/acme/features/preboot')).body.enabled).toBe(false)
    await ask('PATCH', '/apps/acme/features/preboot', {enabled: true})
    const {body} = await ask('GET', '/apps/acme/features')
    expect(body.filter((one: Loose) => one.enabled).map((one: Loose) => one.name)).toEqual(['preboot'])
    expect((await ask('PATCH', '/apps/acme/features/warp', {enabled: true})).status).toBe(404)
  })
})
