import {describe, expect, it} from 'vitest'
import {idle, until, usePlatform} from './fixture.js'

const platform = usePlatform()
const {ask} = platform
const on = () => ask('PATCH', '/apps/acme', {maintenance: true})
const isOn = () => platform.heroku.world('acme').maintenance
const rule = {method: 'PATCH', path: /^\/apps\/acme$/}

describe('faults by request × moment', () => {
  it('before: the effect does not happen', async () => {
    await platform.heroku.createApp('acme')
    const fault = platform.heroku.fault({...rule, moment: 'before', status: 500, body: '<h1>oops</h1>'})
    expect(await on()).toMatchObject({status: 500, body: '<h1>oops</h1>'})
    expect([isOn(), fault.hits]).toEqual([false, 1])
    expect((await on()).status).toBe(200)
  })

  it('after: it happens, and the answer is the error', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.fault({...rule, moment: 'after'})
    expect(await on()).toMatchObject({status: 503, body: {id: 'service_unavailable'}})
    expect(isOn()).toBe(true)
  })

  it('lost: it happens, and the connection is cut', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.fault({...rule, moment: 'lost'})
    await expect(on()).rejects.toThrow('fetch failed')
    expect(isOn()).toBe(true)
  })

  it('hang: it happens, and no answer ever comes', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.fault({...rule, moment: 'hang'})
    const abort = new AbortController()
    const answer = fetch(`${platform.heroku.url}/apps/acme`, {
      method: 'PATCH',
      body: '{"maintenance":true}',
      signal: abort.signal,
      headers: {
        Authorization: `Bearer ${platform.heroku.apiKey}`,
        Accept: 'application/vnd.heroku+json; version=3',
      },
    })
    await until(() => expect(isOn()).toBe(true))
    abort.abort()
    await expect(answer).rejects.toThrow('aborted')
    expect(platform.heroku.requests.map(({status}) => status)).toEqual([0])
  })

  it('strikes as often as told, and also at the registry', async () => {
    await platform.heroku.createApp('acme')
    const upload = () =>
      fetch(`${platform.heroku.url}/v2/acme/web/blobs/uploads/`, {
        method: 'POST',
        headers: {Authorization: `Basic ${Buffer.from(`_:${platform.heroku.apiKey}`).toString('base64')}`},
      })
    platform.heroku.fault({method: 'POST', path: /^\/v2\/.*uploads/, moment: 'after', status: 500, times: 2})
    const statuses = [await upload(), await upload(), await upload()].map(({status}) => status)
    expect(statuses).toEqual([500, 500, 202])
    expect(platform.heroku.requests.map(({method, status}) => `${method} ${status}`)).toEqual([
      'POST 500',
      'POST 500',
      'POST 202',
    ])
  })

  it('lets a download be lost, too', async () => {
    await platform.heroku.createApp('acme')
    const {images} = await platform.heroku.seedRelease('acme', {images: {web: idle}})
    const read = () =>
      fetch(`${platform.heroku.url}/v2/acme/web/blobs/${images.web}`, {
        headers: {Authorization: `Basic ${Buffer.from(`_:${platform.heroku.apiKey}`).toString('base64')}`},
      })
    platform.heroku.fault({method: 'GET', path: /blobs/, moment: 'lost'})
    await expect(read()).rejects.toThrow('fetch failed')
    expect((await read()).status).toBe(200)
  })
})

it('latency: what is asked is noted at once and answered that much later', async () => {
  const {heroku} = platform
  heroku.latency.ms = 60_000
  const client = new AbortController()
  const late = fetch(`${heroku.url}/account`, {signal: client.signal}).catch((error: Error) => error.name)
  await until(() => expect(heroku.requests).toHaveLength(1))
  heroku.latency.ms = 0
  expect((await ask('GET', '/account')).status).toBe(200)
  expect(heroku.requests.map(({status}) => status)).toEqual([0, 200])
  client.abort()
  expect(await late).toBe('AbortError')
})
