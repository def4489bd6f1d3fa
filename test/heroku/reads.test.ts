import nock from 'nock'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {PlatformError} from '../../src/lib/heroku/errors.js'
import {APP, DIGEST, DYNO, FORMATION, NOT_FOUND, RATE_LIMIT, RELEASE} from './fixtures.js'
import {allOf, countingClock, platformAt, TOKEN} from './heroku-client.js'

const SDK = 'application/vnd.heroku+json; version=3.sdk'

let api: nock.Scope

beforeEach(() => {
  nock.disableNetConnect()
  api = nock('https://api.heroku.com', {reqheaders: {authorization: `Bearer ${TOKEN}`}})
})

afterEach(() => {
  expect(nock.pendingMocks()).toEqual([])
  nock.cleanAll()
  nock.enableNetConnect()
  vi.unstubAllEnvs()
})

describe('reading', () => {
  it('asks for the app in the variant that names its generation', async () => {
    api.get('/apps/example-app').matchHeader('accept', SDK).reply(200, APP)
    expect(await platformAt(undefined).app('example-app')).toMatchObject({name: 'example-app', generation: 'cedar'})
  })

  it('asks for the formation in the variant that names the images', async () => {
    const accept = 'application/vnd.heroku+json; version=3.docker-releases'
    api.get('/apps/example-app/formation').matchHeader('accept', accept).reply(200, FORMATION)
    expect((await platformAt(undefined).formation('example-app'))[0]?.image).toBe(DIGEST)
  })

  it('asks for the newest releases in one page, in the variant that names expired ones', async () => {
    const releases = api.get('/apps/example-app/releases').matchHeader('accept', SDK)
    releases
      .matchHeader('range', 'version ..; max=2, order=desc')
      .reply(206, [RELEASE, {...RELEASE, version: 10, status: 'expired'}], {
        'next-range': 'version ..9; max=2, order=desc',
      })
    const newest = await platformAt(undefined).newestReleases('example-app', 2)
    expect(newest.map(({status, version}) => [version, status])).toEqual([
      [11, 'pending'],
      [10, 'expired'],
    ])
  })

  it('asks for one release by version or id', async () => {
    api.get('/apps/example-app/releases/11').reply(200, RELEASE)
    expect(await platformAt(undefined).release('example-app', 11)).toMatchObject({version: 11, status: 'pending'})
  })

  it('follows Next-Range until a list is whole', async () => {
    const dyno = (n: number) => ({...DYNO, name: `web.${n}`})
    api.get('/apps/example-app/dynos').reply(206, [dyno(1), dyno(2)], {'next-range': 'name web.2..; max=2'})
    api
      .get('/apps/example-app/dynos')
      .matchHeader('range', 'name web.2..; max=2')
      .reply(200, [dyno(3)])
    expect((await platformAt(undefined).dynos('example-app')).map(({name}) => name)).toEqual([
      'web.1',
      'web.2',
      'web.3',
    ])
  })

  it('knows the account by one call to the API and none to another service', async () => {
    api.get(/^\/account\??$/).reply(200, {id: '1', email: 'user@example.com'})
    expect(await platformAt(undefined).account()).toEqual({email: 'user@example.com'})
  })

  it.each([
    [200, {name: 'preboot', enabled: true}, true],
    [200, {name: 'preboot', enabled: false}, false],
    [404, {id: 'not_found', message: "Couldn't find that app feature."}, false],
  ])('takes preboot from the feature: %s %j', async (status, body, on) => {
    api.get('/apps/example-app/features/preboot').reply(status, body)
    expect(await platformAt(undefined).preboot('example-app')).toBe(on)
  })

  it('keeps an app name inside its place in the path', async () => {
    api.get('/apps/..%2Faccount').reply(404, NOT_FOUND)
    await expect(platformAt(undefined).app('../account')).rejects.toThrow(PlatformError)
  })
})

describe('a refused read', () => {
  it.each([
    [401, {id: 'unauthorized', message: 'Invalid credentials provided.'}],
    [402, {id: 'delinquent', message: 'You have a past due invoice.'}],
    [403, {id: 'forbidden', message: 'You do not have access to the app example-app.'}],
    [403, {id: 'two_factor', message: 'A second authentication factor is required.', app: {name: 'example-app'}}],
    [404, NOT_FOUND],
    [422, {id: 'invalid_params', message: 'No such size as 1X.'}],
  ])('%s %j is said once, with status, id and path', async (status, body) => {
    api.get('/apps/example-app').reply(status, body)
    const error = await platformAt(undefined)
      .app('example-app')
      .catch((error_: unknown) => error_)
    expect(error).toBeInstanceOf(PlatformError)
    expect(error).toMatchObject({status, id: body.id, said: body.message, method: 'GET', path: '/apps/example-app'})
    expect(allOf(error)).not.toContain(TOKEN)
  })

  it('does not follow a redirect', async () => {
    api.get('/apps/example-app').reply(302, '', {location: 'https://api.heroku.com/elsewhere'})
    await expect(platformAt(undefined).app('example-app')).rejects.toMatchObject({status: 302})
  })
})

describe('a read that may succeed later', () => {
  it('is repeated after 5xx, also as HTML, with growing waits', async () => {
    api
      .get('/apps/example-app')
      .reply(503, '<html><title>Application Error</title></html>', {'content-type': 'text/html'})
    api.get('/apps/example-app').reply(500, {id: 'internal', message: 'Internal error'})
    api.get('/apps/example-app').reply(200, APP)
    const clock = countingClock()
    expect(await platformAt(undefined, {clock}).app('example-app')).toMatchObject({name: 'example-app'})
    expect(clock.waits).toHaveLength(2)
  })

  it('is given up after the fourth 5xx, with one line of what was said', async () => {
    api
      .get('/apps/example-app')
      .times(4)
      .reply(503, '<html><title>Application\nError</title><p>x</p></html>', {'content-type': 'text/html'})
    const error = await platformAt(undefined)
      .app('example-app')
      .catch((error_: unknown) => error_)
    expect(error).toMatchObject({name: 'PlatformError', status: 503, said: 'Application Error'})
    expect((error as Error).message).not.toMatch(/[<>\n]/)
  })

  it('waits out a rate limit as told, however often, and says so', async () => {
    api.get('/apps/example-app').times(5).reply(429, RATE_LIMIT, {'retry-after': '7'})
    api.get('/apps/example-app').reply(200, APP)
    const clock = countingClock()
    const said: string[] = []
    const platform = platformAt(undefined, {clock, onWait: (text) => said.push(text)})
    expect(await platform.app('example-app')).toMatchObject({name: 'example-app'})
    expect(clock.waits).toEqual([7000, 7000, 7000, 7000, 7000])
    expect(said[0]).toBe(
      "Heroku's rate limit is reached (4500 come an hour, 75 a minute): waiting 7 s to read /apps/example-app",
    )
  })

  it('waits out a rate limit that names no time, for five minutes, then tells the budget', async () => {
    api.get('/apps/example-app').times(20).reply(429, RATE_LIMIT, {'ratelimit-remaining': '0'})
    const clock = countingClock()
    const error = await platformAt(undefined, {clock})
      .app('example-app')
      .catch((error_: unknown) => error_)
    expect(error).toMatchObject({status: 429, id: 'rate_limit', rateLimitRemaining: 0})
    expect((error as Error).message).toContain('0 calls are left')
    const total = clock.waits.reduce((sum, ms) => sum + ms, 0)
    expect(total).toBeGreaterThan(4 * 60_000)
    expect(total).toBeLessThanOrEqual(5 * 60_000)
    nock.cleanAll()
  })
})
