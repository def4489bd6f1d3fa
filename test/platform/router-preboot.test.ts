import {describe, expect, it} from 'vitest'
import {idle, until, usePlatform, webSaying, type Loose} from './fixture.js'

// The switch is 180 s / 30 = 6 s after the release.
const platform = usePlatform({speed: 30})
const {ask} = platform

/** `web` and a worker, both up, under preboot; resolves with the URL. */
async function prebootedApp({web = 1, size = 'Standard-1X'} = {}): Promise<string> {
  await platform.heroku.createApp('acme')
  await platform.heroku.seedRelease('acme', {
    images: {web: webSaying('one'), worker: idle},
    formation: {web, worker: 1},
  })
  await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'web', size}]})
  await ask('PATCH', '/apps/acme/features/preboot', {enabled: true})
  await allUp(3)
  return (await ask('GET', '/apps/acme')).body.web_url
}

const listed = async (): Promise<Loose[]> => (await ask('GET', '/apps/acme/dynos')).body
const told = async () => (await listed()).map(({name, release}) => `${name} v${release.version}`).toSorted()
const allUp = (version: number) =>
  until(async () => {
    for (const dyno of await listed()) expect(dyno).toMatchObject({state: 'up', release: {version}})
  })
const says = async (url: string) => (await fetch(url, {signal: AbortSignal.timeout(10_000)})).text()
const log = (part: string) => platform.heroku.log('acme').filter((line) => line.includes(part))
const scaleWeb = (quantity: number) => ask('PATCH', '/apps/acme/formation', {updates: [{type: 'web', quantity}]})

describe('preboot (platform-facts §3.4)', () => {
  it('lists only the new dynos at once, routes to the old ones until the switch, and then ends them', async () => {
    const url = await prebootedApp({web: 2})
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    expect(await told()).toEqual(['web.1 v4', 'web.2 v4', 'worker.1 v4'])
    expect(await says(url)).toBe('one')
    await allUp(4)
    expect(await says(url)).toBe('one')
    expect(log('heroku[web.1]: Stopping all processes with SIGTERM')).toEqual([])

    await until(async () => expect(await says(url)).toBe('two'))
    for (const name of ['web.1', 'web.2']) {
      await until(() => expect(log(`heroku[${name}]: Process exited with status`)).toHaveLength(1))
    }
    expect(await told()).toEqual(['web.1 v4', 'web.2 v4', 'worker.1 v4'])
  })

  it('replaces workers at once, while the old web dynos serve', async () => {
    const url = await prebootedApp()
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    await until(() => expect(log('heroku[worker.1]: Process exited with status 143')).toHaveLength(1))
    expect(await says(url)).toBe('one')
  })

  it('scaled down before the switch loses the old dynos and sends the new one nothing until then', async () => {
    const url = await prebootedApp({web: 2})
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    await scaleWeb(1)
    expect(await told()).toEqual(['web.1 v4', 'worker.1 v4'])
    expect((await fetch(url)).status).toBe(503)
    expect(log('code=H20')).toHaveLength(1)
    await until(() => expect(log('heroku[web.1]: Process exited with status')).toHaveLength(1))
    await allUp(4)
    await until(async () => expect(await says(url)).toBe('two'))
  })

  it('scaled to 0 before the switch serves nobody', async () => {
    const url = await prebootedApp()
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    await scaleWeb(0)
    expect((await fetch(url)).status).toBe(503)
    expect(log('code=H14')).toHaveLength(1)
  })

  it('is not there for Basic dynos (platform-facts §3.2)', async () => {
    const url = await prebootedApp({size: 'Basic'})
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    expect(await says(url)).toBe('two')
    expect(log('heroku[web.1]: Stopping all processes with SIGTERM').length).toBeGreaterThan(0)
  })
})

describe('router lines and pages (platform-facts §8.4)', () => {
  async function webOf(source: string): Promise<string> {
    await platform.heroku.createApp('acme')
    const web = {command: 'exec node web.cjs', files: {'web.cjs': source}}
    await platform.heroku.seedRelease('acme', {images: {web}})
    return (await ask('GET', '/apps/acme')).body.web_url
  }

  const silent = `require('node:http').createServer(() => console.log('asked')).listen(process.env.PORT)`
  const line = (url: string, head: string, dyno: string, status = 503) => {
    const about = `method=GET path="/a\\?b" host=${new URL(url).host} request_id=[-\\da-f]{36} fwd="127\\.0\\.0\\.1"`
    return new RegExp(`heroku\\[router\\]: ${head} ${about} ${dyno} status=${status} bytes= protocol=http$`)
  }
  const none = 'dyno= connect= service='

  async function meets(url: string, head: string, dyno: string) {
    const answer = await fetch(new URL('/a?b', url), {signal: AbortSignal.timeout(10_000)})
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    expect(await answer.text()).toContain('Application error')
    expect(log('heroku[router]').at(-1)).toMatch(line(url, head, dyno))
  }

  it('says H10 when all web dynos have crashed, H14 when there is none', async () => {
    const url = await webOf('process.exit(1)')
    await until(() => expect(log('to crashed')).toHaveLength(2))
    await meets(url, 'at=error code=H10 desc="App crashed"', none)
    await scaleWeb(0)
    await meets(url, 'at=error code=H14 desc="No web processes running"', none)
  })

  it('says H12 with the dyno, after 30 s of the platform', async () => {
    const url = await webOf(silent)
    await meets(url, 'at=error code=H12 desc="Request timeout"', 'dyno=web.1 connect=\\d+ms service=30000ms')
  })

  it('says H20 when no dyno came up in 75 s of the platform', async () => {
    const url = await webOf('setInterval(() => {}, 1000)')
    await meets(url, 'at=error code=H20 desc="App boot timeout"', none)
  })

  it('says H27 and no H13 when the client goes', async () => {
    const url = await webOf(silent)
    await allUp(3)
    const client = new AbortController()
    const answer = fetch(new URL('/a?b', url), {signal: client.signal}).catch((error: Error) => error.name)
    await until(() => expect(log('app[web.1]: asked')).toHaveLength(1))
    client.abort()
    expect(await answer).toBe('AbortError')
    const head = 'sock=client at=warning code=H27 desc="Client Request Interrupted"'
    const dyno = 'dyno=web.1 connect=\\d+ms service=\\d+ms'
    await until(() => expect(log('heroku[router]').at(-1)).toMatch(line(url, head, dyno, 499)))
    expect(log('code=H13')).toEqual([])
  })

  it('says what was answered, at level info, and passes the request id on', async () => {
    const url = await webOf(
      `require('node:http').createServer((req, res) => res.writeHead(404).end(req.headers['x-request-id'])).listen(process.env.PORT)`,
    )
    const answer = await fetch(new URL('/a?b', url))
    const id = await answer.text()
    expect(log('heroku[router]').at(-1)?.split(': ')[1]).toMatch(
      new RegExp(
        `^at=info method=GET path="/a\\?b" host=${new URL(url).host} request_id=${id} fwd="127\\.0\\.0\\.1" ` +
          'dyno=web\\.1 connect=\\d+ms service=\\d+ms status=404 bytes=36 protocol=http$',
      ),
    )
  })

  it('says H18 when a dyno goes amid its answer, and cuts the client off', async () => {
    const url = await webOf(
      `require('node:http').createServer((req, res) => { res.write('half'); setTimeout(() => res.destroy(), 50) }).listen(process.env.PORT)`,
    )
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
    expect(log('heroku[router]').at(-1)).toMatch(
      /: sock=backend at=error code=H18 desc="Server Request Interrupted" .* dyno=web\.1 .* status=200 bytes=4 protocol=http$/,
    )
  })

  it('routerError: ends the next requests with H18 or H99', async () => {
    const url = await webOf(webSaying('hi').files['web.cjs'])
    await allUp(3)
    platform.heroku.knobs('acme').routerError = {code: 'H99', times: 1}
    await meets(url, 'at=error code=H99 desc="Platform error"', none)
    platform.heroku.knobs('acme').routerError = {code: 'H18', times: 1}
    const broken = fetch(url).then((answer) => answer.text())
    await expect(broken).rejects.toThrow()
    expect(log('heroku[router]').at(-1)).toMatch('sock=backend at=error code=H18 ')
    expect(await says(url)).toBe('hi')
  })
})
