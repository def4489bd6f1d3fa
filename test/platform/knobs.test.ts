import {spawnSync} from 'node:child_process'
import {describe, expect, it} from 'vitest'
import {idle, until, usePlatform, webSaying} from './fixture.js'
import type {Knobs} from './index.js'

const platform = usePlatform()
const {ask} = platform

async function worker(knobs: Partial<Knobs>) {
  await platform.heroku.createApp('acme')
  Object.assign(platform.heroku.knobs('acme'), knobs)
  await platform.heroku.seedRelease('acme', {images: {worker: idle}, formation: {worker: 1}})
  await platform.heroku.settled('acme')
  await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'worker', quantity: 0}]})
}

const log = () => platform.heroku.log('acme').join('\n')
const quiet = {command: 'echo begun; sleep 0.3; echo ended'}

describe('knobs', () => {
  it('drainMs: the process goes on that much longer than the log says', async () => {
    const begun = Date.now()
    await worker({drainMs: 700})
    await until(() => expect(log()).toMatch('worker.1]: Process exited with status 143'))
    expect(Date.now() - begun).toBeGreaterThanOrEqual(700)
  })

  it('ignoreSigterm: the process ends by SIGKILL', async () => {
    await worker({ignoreSigterm: true})
    await until(() => expect(log()).toMatch(/Error R12[^]*Process exited with status 137/))
  })

  it('streamSilent: the output comes when the dyno has ended', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.knobs('acme').streamSilent = true
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('hi'), release: quiet}})
    const {body} = await ask('GET', '/apps/acme/releases/3')
    const stream = await until(async () => {
      const answer = await fetch(body.output_stream_url)
      expect(answer.status).toBe(200)
      return answer
    })
    const statuses: string[] = []
    for await (const chunk of stream.body ?? []) {
      statuses.push(
        `${Buffer.from(chunk as Uint8Array).toString()}after ${log().includes('ended') ? 'the end' : 'the beginning'}`,
      )
    }

    expect(statuses).toEqual(['begun\nended\nafter the end'])
  })

  it('releasesExpired and forbidden are told apart from what is not there', async () => {
    await platform.heroku.createApp('acme')
    await platform.heroku.createApp('other')
    platform.heroku.knobs('acme').forbidden = true
    expect((await ask('GET', '/apps/acme/releases')).status).toBe(403)
    expect((await ask('GET', '/apps/other/releases')).status).toBe(200)
    expect((await ask('GET', '/apps/third/releases')).status).toBe(404)
  })
})

describe('stop', () => {
  it('ends every process, also one that will not go and one of a release phase', async () => {
    await platform.heroku.createApp('acme')
    const stubborn = {command: "trap '' TERM; echo pid $$; while :; do sleep 0.05; done"}
    await platform.heroku.seedRelease('acme', {images: {worker: stubborn}, formation: {worker: 1}})
    await platform.heroku.seedRelease('acme', {images: {release: stubborn}})
    const pids = await until(() => {
      const found = [...log().matchAll(/pid (\d+)$/gm)].map(([, pid]) => Number(pid))
      expect(found).toHaveLength(2)
      return found
    })
    await platform.heroku.stop()
    for (const pid of pids) expect(stateOf(pid)).toMatch(/^Z?$/)
  })
})

/** As ps says it; nothing or Z when the process has ended: who reaps an orphan is not our business. */
const stateOf = (pid: number): string =>
  spawnSync('ps', ['-o', 'state=', '-p', String(pid)], {encoding: 'utf8'}).stdout.trim()
