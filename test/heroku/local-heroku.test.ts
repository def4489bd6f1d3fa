import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {OutcomeUnknown, PlatformError} from '../../src/lib/heroku/errors.js'
import type {Platform} from '../../src/lib/heroku/types.js'
import {systemClock} from '../../src/lib/run/clock.js'
import {exactlyOnce} from '../../src/lib/run/exactly-once.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {platformAt, TOKEN} from './heroku-client.js'

// The adapter against the local Heroku: the same wire, somebody else's reading of platform-facts.
let local: LocalHeroku
let platform: Platform

const idle = 'while :; do sleep 1; done'
const sayThen = (lines: string[], then: string) =>
  `${lines.map((line) => `echo '${line}'; sleep 0.05`).join('; ')}; ${then}`

beforeEach(async () => {
  local = await startPlatform({speed: 20, apiKey: TOKEN})
  await local.createApp('acme')
  platform = platformAt(local.url, {clock: systemClock})
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await local.stop()
})

/** v3 and v4 with different images of `worker`; resolves with the first one's digest. */
async function twoReleases(): Promise<string> {
  await local.seedRelease('acme', {images: {worker: {command: `echo one; ${idle}`}}})
  const image = (await platform.formation('acme')).find(({type}) => type === 'worker')!.image!
  await local.seedRelease('acme', {images: {worker: {command: `echo two; ${idle}`}}})
  return image
}

const newestVersion = async () => (await platform.newestReleases('acme', 1))[0]!.version
const asked = (method: string, path: string) =>
  local.requests.filter((one) => one.method === method && one.path.startsWith(path)).length

describe('the adapter and the local Heroku', () => {
  it('agree on what is there', async () => {
    const image = await twoReleases()
    expect(await platform.account()).toEqual({email: 'founder@example.com'})
    expect(await platform.app('acme')).toMatchObject({
      name: 'acme',
      generation: 'cedar',
      buildStack: 'container',
      maintenance: false,
    })
    const [worker] = await platform.formation('acme')
    expect(worker).toMatchObject({type: 'worker', size: expect.any(String) as string})
    expect(worker!.image).not.toBe(image)
    const releases = await platform.newestReleases('acme', 2)
    expect(releases.map(({current, status, version}) => ({current, status, version}))).toEqual([
      {version: 4, status: 'succeeded', current: true},
      {version: 3, status: 'succeeded', current: false},
    ])
    expect(await platform.release('acme', releases[0]!.id)).toEqual(await platform.release('acme', 4))
    expect(await platform.preboot('acme')).toBe(false)
    expect(Array.isArray(await platform.dynos('acme'))).toBe(true)
  })

  it('agree on a release, and on the warning when it already runs', async () => {
    const image = await twoReleases()
    expect(await platform.releaseImages('acme', [{type: 'worker', image}])).toEqual({})
    expect((await platform.formation('acme'))[0]!.image).toBe(image)
    expect(await newestVersion()).toBe(5)
    const {warning} = await platform.releaseImages('acme', [{type: 'worker', image}])
    expect(warning).toMatch(/already running/)
    expect(await newestVersion()).toBe(5)
  })

  it('agree on refusals', async () => {
    await expect(platform.app('nobody')).rejects.toMatchObject({status: 404, id: 'not_found'})
    const image = `sha256:${'0'.repeat(64)}`
    const error = await platform.releaseImages('acme', [{type: 'web', image}]).catch((error_: unknown) => error_)
    expect(error).toBeInstanceOf(PlatformError)
    expect(error).toMatchObject({status: 404, said: "Couldn't find that record."})
    local.knobs('acme').forbidden = true
    await expect(platform.app('acme')).rejects.toMatchObject({status: 403})
  })

  it.each(['lost', 'after'] as const)(
    'release once when the answer is %s, and find what was released',
    async (moment) => {
      const image = await twoReleases()
      local.fault({method: 'PATCH', path: /formation/, moment})
      const errors: unknown[] = []
      const release = await exactlyOnce({
        clock: systemClock,
        async call() {
          await platform.releaseImages('acme', [{type: 'worker', image}])
          throw new Error('the answer should be lost')
        },
        async lookUp() {
          return (await platform.newestReleases('acme', 5)).find(({version}) => version > 4)
        },
        isUnknown: (error) => errors.push(error) > 0 && error instanceof OutcomeUnknown,
        isNotSent: () => false,
      })
      expect(release.version).toBe(5)
      expect(errors).toHaveLength(1)
      expect(asked('PATCH', '/apps/acme/formation')).toBe(1)
      expect(await newestVersion()).toBe(5)
    },
  )

  it('roll back once when the connection is cut after the effect', async () => {
    await twoReleases()
    const {id} = await platform.release('acme', 3)
    local.fault({method: 'POST', path: /releases/, moment: 'lost'})
    await expect(platform.rollback('acme', id)).rejects.toBeInstanceOf(OutcomeUnknown)
    expect(asked('POST', '/apps/acme/releases')).toBe(1)
    expect((await platform.newestReleases('acme', 1))[0]).toMatchObject({version: 5, description: 'Rollback to v3'})
    expect(await platform.rollback('acme', id)).toMatchObject({version: 6})
  })

  it('get over reads that fail for a while', async () => {
    local.fault({
      method: 'GET',
      path: /apps\/acme$/,
      moment: 'before',
      status: 503,
      body: '<html>Application error</html>',
      times: 2,
    })
    expect((await platform.app('acme')).name).toBe('acme')
    local.fault({method: 'GET', path: /apps\/acme$/, moment: 'lost'})
    expect((await platform.app('acme')).name).toBe('acme')
  })

  it('show the output of a release phase whole, although it is late and breaks off', async () => {
    const lines = Array.from({length: 20}, (_, n) => `migration ${n}: grün`)
    const knobs = local.knobs('acme')
    knobs.streamNotFoundMs = 200
    knobs.streamCutAfterBytes = 100
    await local.seedRelease('acme', {images: {web: {command: idle}, release: {command: sayThen(lines, 'printf end')}}})
    const [release] = await platform.newestReleases('acme', 1)
    expect(release).toMatchObject({status: 'pending', current: false})
    const seen: string[] = []
    const signal = AbortSignal.timeout(40_000)
    for await (const line of platform.releaseOutput(release!.outputStreamUrl!, {signal})) seen.push(line)
    expect(seen).toEqual([...lines, 'end'])
  })

  it('follow the log, and show what is kept of it', async () => {
    const lines = Array.from({length: 12}, (_, n) => `tick ${n}`)
    const controller = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const line of platform.logs('acme', {lines: 0, tail: true, signal: controller.signal})) {
        if (line.source === 'app' && line.dyno === 'worker.1') seen.push(line.text)
        if (seen.length >= lines.length) controller.abort()
      }
    })()
    await vi.waitFor(() => expect(asked('POST', '/apps/acme/log-sessions')).toBe(1))
    const worker = {command: sayThen(lines, idle)}
    await local.seedRelease('acme', {images: {worker}, formation: {worker: 1}})
    await following
    expect(seen).toEqual(lines)

    const signal = new AbortController().signal
    const kept: string[] = []
    for await (const {dyno, source, text} of platform.logs('acme', {
      lines: 1500,
      tail: false,
      dyno: 'worker.1',
      source: 'app',
      signal,
    })) {
      expect([source, dyno]).toEqual(['app', 'worker.1'])
      kept.push(text)
    }

    expect(kept).toEqual(lines)
  })
})
