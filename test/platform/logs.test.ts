import {describe, expect, it} from 'vitest'
import {sdk, until, usePlatform} from './fixture.js'

const platform = usePlatform()
const {ask} = platform

async function chattyApp(lines = 3) {
  await platform.heroku.createApp('acme')
  const command = `for i in $(seq ${lines}); do echo line $i; done; exec sleep 1000`
  await platform.heroku.seedRelease('acme', {images: {worker: {command}}, formation: {worker: 1}})
  await until(() => expect(platform.heroku.log('acme').at(-1)).toMatch(`line ${lines}`))
}

/** Opens a log session and gives its response; the URL needs no token (platform-facts §8.1). */
async function session(body: object, headers: Record<string, string> = {}) {
  const made = await ask('POST', '/apps/acme/log-sessions', body, {Accept: sdk})
  expect(made.status).toBe(201)
  return fetch(made.body.logplex_url, {headers, signal: AbortSignal.timeout(20_000)})
}

const say = (text: string) => ask('POST', '/apps/acme/dynos', {command: `echo ${text}`, type: 'worker', attach: false})

describe('log sessions (platform-facts §8.1, §8.2)', () => {
  it('sends plain lines, with microseconds, and ends', async () => {
    await chattyApp()
    const text = await (await session({source: 'app', dyno: 'worker.1'})).text()
    const lines = text.trimEnd().split('\n')
    expect(lines.map((line) => line.slice(33))).toEqual(
      ['line 1', 'line 2', 'line 3'].map((line) => `app[worker.1]: ${line}`),
    )
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 /)
  })

  it('sends frames when SSE is asked for', async () => {
    await chattyApp()
    const answer = await session({lines: 1}, {Accept: 'text/event-stream'})
    expect(answer.headers.get('content-type')).toMatch('text/event-stream')
    expect(await answer.text()).toMatch(/^id: \d+\ndata: \S+ app\[worker\.1\]: line 3\n\n$/)
  })

  it.each([
    [{dyno: 'api'}, ['app[api]']],
    [{dyno: 'worker', source: 'app'}, ['app[worker.1]']],
    [{type: 'worker', source: 'heroku'}, ['heroku[worker.1]']],
    [{dyno_name: 'worker.1'}, ['app[worker.1]', 'heroku[worker.1]']],
  ])('filters by %j', async (filter, senders) => {
    await chattyApp()
    const text = await (await session(filter)).text()
    const seen = text
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(33, line.indexOf(': ', 33)))
    expect([...new Set(seen)].sort()).toEqual(senders)
  })

  it('keeps the newest 1500 lines and sends 100 unless told', async () => {
    await chattyApp(1600)
    const count = async (body: object) => (await (await session(body)).text()).trimEnd().split('\n').length
    expect(await count({})).toBe(100)
    expect(await count({lines: 5000})).toBe(1500)
    expect(await (await session({lines: 1500})).text()).not.toMatch(/: line 100\n/)
  })

  it('goes on sending when tailed, until it is cut', async () => {
    await chattyApp()
    platform.heroku.knobs('acme').logTailCutAfterLines = 1
    const answer = await session({tail: true, lines: 0, source: 'app', dyno: 'worker'})
    const [text] = await Promise.all([answer.text(), say('hello'), say('again')])
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expect(text).toMatch(/app\[worker\.\d+\]: (hello|again)/)
  })

  it('drops lines of a tail and tells how many, where the log keeps them', async () => {
    await chattyApp()
    Object.assign(platform.heroku.knobs('acme'), {logTailDropLines: 2, logTailCutAfterLines: 1})
    const answer = await session({tail: true, lines: 1, source: 'app', dyno: 'worker'})
    for (const text of ['one', 'two', 'three']) {
      await say(text)
      await until(() => expect(platform.heroku.log('acme').join('\n')).toMatch(`]: ${text}`))
    }

    const lines = (await answer.text()).trimEnd().split('\n')
    const l11 = 'heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped 2 messages since '
    expect(lines.map((line) => line.slice(33))).toEqual([
      'app[worker.1]: line 3',
      expect.stringContaining(l11),
      expect.stringMatching(/^app\[worker\.\d+\]: three$/),
    ])
  })

  it('does not know a session nobody opened', async () => {
    expect((await fetch(`${platform.heroku.url}/logplex/none`)).status).toBe(404)
  })
})
