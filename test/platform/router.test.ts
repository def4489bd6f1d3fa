import {describe, expect, it} from 'vitest'
import {request} from 'node:http'
import {until, usePlatform, webSaying} from './fixture.js'

const platform = usePlatform()
const {ask} = platform

async function runningWeb(web: {command: string; files?: Record<string, string>} = webSaying('one')) {
  await platform.heroku.createApp('acme')
  await platform.heroku.seedRelease('acme', {images: {web}})
  return (await ask('GET', '/apps/acme')).body.web_url as string
}

const router = () => platform.heroku.log('acme').filter((line) => line.includes('heroku[router]'))
const node = (source: string) => ({command: 'exec node web.cjs', files: {'web.cjs': source}})

describe('the router (platform-facts §4, §8.4)', () => {
  it('holds a request until a dyno is up, and passes path and answer on', async () => {
    const url = await runningWeb(
      node(`require('node:http').createServer((req, res) => res.writeHead(201).end(req.url)).listen(process.env.PORT)`),
    )
    const answer = await fetch(new URL('/a/b?c', url))
    expect([answer.status, await answer.text()]).toEqual([201, '/a/b?c'])
  })

  it('is reached by Host name on the port of the platform too', async () => {
    await runningWeb()
    const text = await new Promise((resolve) => {
      const headers = {host: `acme.localhost:${platform.heroku.port}`}
      request({host: '127.0.0.1', port: platform.heroku.port, headers}, (answer) =>
        answer.on('data', (data) => resolve(String(data))),
      ).end()
    })
    expect(text).toBe('one')
  })

  it('answers 503 under maintenance, logs H80 at level info, and serves again afterwards', async () => {
    const url = await runningWeb()
    await ask('PATCH', '/apps/acme', {maintenance: true})
    const offline = await fetch(url)
    expect([offline.status, await offline.text()]).toEqual([503, expect.stringContaining('Offline for Maintenance')])
    expect(router().at(-1)).toMatch(/at=info code=H80 desc="Maintenance mode" method=GET path="\/" .*status=503/)
    await ask('PATCH', '/apps/acme', {maintenance: false})
    expect(await (await fetch(url)).text()).toBe('one')
  })

  it('answers 503 with H14 without web dynos, H10 with crashed ones', async () => {
    const url = await runningWeb(node('process.exit(1)'))
    await until(() => expect(platform.heroku.log('acme').filter((line) => line.endsWith('to crashed'))).toHaveLength(2))
    expect((await fetch(url)).status).toBe(503)
    expect(router().at(-1)).toMatch('code=H10 desc="App crashed"')
    await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'web', quantity: 0}]})
    expect((await fetch(url)).status).toBe(503)
    expect(router().at(-1)).toMatch('code=H14 desc="No web processes running"')
  })

  it('answers 503 with H12 when no answer comes in 30 s, with H13 when the dyno hangs up', async () => {
    const url = await runningWeb(
      node(
        `require('node:http').createServer((req, res) => { if (req.url === '/cut') res.destroy() }).listen(process.env.PORT)`,
      ),
    )
    expect((await fetch(new URL('/cut', url))).status).toBe(503)
    expect(router().at(-1)).toMatch(/code=H13 .*dyno=web\.1/)
    expect((await fetch(url)).status).toBe(503)
    expect(router().at(-1)).toMatch(/code=H12 .*dyno=web\.1/)
  })
})
