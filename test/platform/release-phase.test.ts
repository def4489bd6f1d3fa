import {describe, expect, it} from 'vitest'
import {idle, until, usePlatform, webSaying, type Loose} from './fixture.js'

const platform = usePlatform()
const {ask} = platform

/** v3 runs web "one"; v4 has a release phase that writes, waits for the folder's file `go`, and exits with `status`. */
async function phaseRunning(command: string) {
  const {heroku} = platform
  await heroku.createApp('acme')
  await heroku.seedRelease('acme', {images: {web: webSaying('one')}})
  await until(() => expect(web()).toBe('web.1 up'))
  await heroku.seedRelease('acme', {images: {web: webSaying('two'), release: {command}}})
}

const web = () => {
  const dyno = platform.heroku.world('acme').dynos.find(({name}) => name.startsWith('web'))
  return `${dyno?.name} ${dyno?.state}`
}
const newest = async () =>
  (await ask('GET', '/apps/acme/releases', undefined, {Range: 'version ..; max=1, order=desc'})).body[0]
const settled = () =>
  until(async () => {
    const release = await newest()
    expect(release.status).not.toBe('pending')
    return release
  })
const stream = async (headers: Record<string, string> = {}) =>
  fetch((await newest()).output_stream_url, {headers, signal: AbortSignal.timeout(20_000)})

describe('the release phase (platform-facts §1.8)', () => {
  it('keeps the old release current and its dynos serving until the command has succeeded', async () => {
    await phaseRunning('echo migrating; sleep 0.5; echo done')
    const pending = await newest()
    expect(pending).toMatchObject({version: 4, status: 'pending', current: false})
    expect((await ask('GET', '/apps/acme/releases/3')).body.current).toBe(true)
    expect(web()).toBe('web.1 up')
    expect((await ask('GET', '/apps/acme/dynos')).body.map((dyno: Loose) => dyno.type).sort()).toEqual([
      'release',
      'web',
    ])
    expect(await settled()).toMatchObject({status: 'succeeded', current: true})
    expect((await ask('GET', '/apps/acme/releases/3')).body.current).toBe(false)
    const {web_url: url} = (await ask('GET', '/apps/acme')).body
    await until(async () => expect(await (await fetch(url)).text()).toBe('two'))
  })

  it('fails with its command: nothing is deployed, and the log says so', async () => {
    await phaseRunning('echo broken; exit 3')
    const before = platform.heroku.world('acme').images
    expect(await settled()).toMatchObject({status: 'failed', current: false})
    expect(platform.heroku.world('acme').images).toEqual(before)
    expect(web()).toBe('web.1 up')
    const log = platform.heroku.log('acme').map((line) => line.slice(33))
    const about = log
      .filter((line) => /release v4|Release v4|heroku\[release/.test(line))
      .map((line) => line.replace(/\.\d{4}\]/, '.N]'))
    expect(about).toEqual([
      'app[api]: Running release v4 commands by user founder@example.com',
      expect.stringMatching(/^heroku\[release\.N\]: Starting process with command/),
      'heroku[release.N]: State changed from starting to up',
      'heroku[release.N]: Process exited with status 3',
      'heroku[release.N]: State changed from up to complete',
      'app[api]: Release v4 command failed by user founder@example.com',
    ])
  })

  it('has no output until the dyno first writes: 404, then text/plain to the end', async () => {
    await phaseRunning('sleep 0.5; echo first; sleep 0.3; echo second')
    expect((await stream()).status).toBe(404)
    const found = await until(async () => {
      const answer = await stream()
      expect(answer.status).toBe(200)
      return answer
    })
    expect(found.headers.get('content-type')).toMatch('text/plain')
    expect(await found.text()).toBe('first\nsecond\n')
  })

  it('resumes by Range and by Last-Event-Id', async () => {
    await phaseRunning('echo first; echo second; echo third')
    await settled()
    const rest = await stream({Range: 'bytes=6-'})
    expect(rest.status).toBe(206)
    expect(await rest.text()).toBe('second\nthird\n')
    const sse = await (await stream({Accept: 'text/event-stream'})).text()
    expect(sse).toBe('id: 6\ndata: first\n\nid: 13\ndata: second\n\nid: 19\ndata: third\n\n')
    const resumed = await stream({Accept: 'text/event-stream', 'Last-Event-Id': '13'})
    expect(await resumed.text()).toBe('id: 19\ndata: third\n\n')
  })

  it('runs on config changes and on rollbacks too', async () => {
    const {heroku} = platform
    await heroku.createApp('acme')
    const first = await heroku.seedRelease('acme', {images: {web: idle, release: {command: 'echo phase'}}})
    await settled()
    await ask('PATCH', '/apps/acme/config-vars', {A: '1'})
    expect(await newest()).toMatchObject({version: 4, status: 'pending'})
    await settled()
    const back = await ask('POST', '/apps/acme/releases', {release: first.id})
    expect(back).toMatchObject({status: 201, body: {version: 5, status: 'pending', description: 'Rollback to v3'}})
    expect(await settled()).toMatchObject({version: 5, status: 'succeeded'})
  })

  it('stays pending for ever, hides its stream, cuts it or keeps silent when the knobs say so', async () => {
    await platform.heroku.createApp('acme')
    const knobs = platform.heroku.knobs('acme')
    Object.assign(knobs, {releaseStaysPending: true, streamCutAfterBytes: 4})
    await platform.heroku.seedRelease('acme', {images: {web: idle, release: {command: 'echo output'}}})
    await until(() =>
      expect(platform.heroku.log('acme').join('\n')).toMatch(/release\.\d+\]: State changed from up to complete/),
    )
    expect((await newest()).status).toBe('pending')
    const cut = await stream()
    const seen: string[] = []
    const reading = (async () => {
      for await (const chunk of cut.body ?? []) seen.push(Buffer.from(chunk as Uint8Array).toString())
    })()
    await expect(reading).rejects.toThrow()
    expect(seen.join('')).toBe('outp')
    knobs.streamNotFoundMs = 60_000
    expect((await stream()).status).toBe(404)
    expect((await newest()).status).toBe('pending')
  })
})
