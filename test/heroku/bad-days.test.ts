import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {waitForDynos} from '../../src/lib/app/wait-for-dynos.js'
import {OutcomeUnknown, PlatformError} from '../../src/lib/heroku/errors.js'
import type {LogLine, Platform} from '../../src/lib/heroku/types.js'
import {type Clock, systemClock} from '../../src/lib/run/clock.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {countingClock, platformAt, TOKEN} from './heroku-client.js'

// The bad days of platform-facts §12, as our client meets them at the local Heroku.
let local: LocalHeroku
let platform: Platform
const app = 'acme'
const idle = {command: 'exec sleep 1000'}
const ask = {command: 'true', attach: false, type: 'worker'}

beforeEach(async () => {
  local = await startPlatform({speed: 20, apiKey: TOKEN})
  await local.createApp(app)
  platform = platformAt(local.url, {clock: systemClock})
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await local.stop()
})

const sent = (method: string, path: RegExp) =>
  local.requests.filter((one) => one.method === method && path.test(one.path)).length
const running = async (images: Parameters<LocalHeroku['seedRelease']>[1]['images'], formation = {}) => {
  await local.seedRelease(app, {images, formation})
  await local.settled(app)
}

/** The lines of a tail until `enough`. */
async function tail(enough: (lines: LogLine[]) => boolean, meanwhile: () => Promise<unknown>): Promise<LogLine[]> {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(30_000)])
  const lines: LogLine[] = []
  const following = (async () => {
    for await (const line of platform.logs(app, {lines: 0, tail: true, signal})) {
      lines.push(line)
      if (enough(lines)) over.abort()
    }
  })()
  await vi.waitFor(() => expect(sent('GET', /^\/logplex/)).toBeGreaterThan(0))
  await meanwhile()
  await following
  return lines
}

const ticks = (count: number) => ({
  command: `for i in $(seq ${count}); do echo tick $i; sleep 0.03; done; exec sleep 1000`,
})
const texts = (lines: LogLine[]) =>
  lines.filter(({dyno, source}) => source === 'app' && dyno === 'worker.1').map(({text}) => text)

describe('the API', () => {
  it('an empty budget is waited for: a read and a write go out again after their 429', async () => {
    await running({worker: idle})
    const clock: Clock = countingClock()
    const patient = platformAt(local.url, {
      clock: {
        now: clock.now,
        async sleep(ms, signal) {
          await clock.sleep(ms, signal)
          local.rateLimit.remaining = 1
        },
      },
    })
    local.rateLimit.remaining = 0
    expect((await patient.app(app)).name).toBe(app)
    await patient.scale(app, {worker: 2})
    const limited = local.requests.filter(({status}) => status === 429).map(({method}) => method)
    expect(limited).toEqual(['GET', 'PATCH'])
    expect((await local.settled(app)).formation.worker?.quantity).toBe(2)
  })

  it('HTML instead of an answer: a read is repeated, a write is not, for it may have had its effect', async () => {
    await running({worker: idle}, {worker: 1})
    const html = {status: 500, body: '<!DOCTYPE html><title>Application error</title>'}
    local.fault({method: 'GET', path: /dynos$/, moment: 'before', ...html, times: 2})
    expect(await platform.dynos(app)).toHaveLength(1)
    local.fault({method: 'PATCH', path: /formation/, moment: 'after', ...html})
    await expect(platform.scale(app, {worker: 2})).rejects.toBeInstanceOf(OutcomeUnknown)
    expect(sent('PATCH', /formation/)).toBe(1)
    expect((await platform.formation(app))[0]!.quantity).toBe(2)
  })

  it('a connection that is lost after the effect: one dyno, not two', async () => {
    await running({worker: idle})
    local.fault({method: 'POST', path: /dynos$/, moment: 'lost'})
    await expect(platform.createDyno(app, {...ask, command: 'sleep 60 # once'})).rejects.toBeInstanceOf(OutcomeUnknown)
    const ours = (await platform.dynos(app)).filter(({command}) => command === 'sleep 60 # once')
    expect([ours.length, sent('POST', /dynos$/)]).toEqual([1, 1])
  })

  it('dynoConflicts: 409 right after a release is a refusal that can be asked again', async () => {
    await running({worker: idle})
    local.knobs(app).dynoConflicts = 1
    const refused = await platform.createDyno(app, ask).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(PlatformError)
    expect(refused).toMatchObject({status: 409, id: 'conflict'})
    expect((await platform.createDyno(app, ask)).name).toMatch(/^worker\.\d{4}$/)
  })

  it('releasesExpired: an expired release is told as such, and its rollback is refused', async () => {
    await running({worker: idle})
    await running({worker: ticks(1)})
    local.knobs(app).releasesExpired = true
    const old = await platform.release(app, 3)
    expect(old).toMatchObject({status: 'expired', eligibleForRollback: false})
    await expect(platform.rollback(app, old.id)).rejects.toMatchObject({status: 422})
    expect((await platform.newestReleases(app, 1))[0]!.version).toBe(4)
  })

  it('streamSilent: the output of a release phase comes although nothing came for long', async () => {
    local.knobs(app).streamSilent = true
    await local.seedRelease(app, {images: {web: idle, release: {command: 'echo begun; sleep 1; echo ended'}}})
    const [release] = await platform.newestReleases(app, 1)
    const seen: string[] = []
    const signal = AbortSignal.timeout(30_000)
    for await (const line of platform.releaseOutput(release!.outputStreamUrl!, {signal})) seen.push(line)
    expect(seen).toEqual(['begun', 'ended'])
  })
})

describe('the log', () => {
  it('logTailDropLines: L11 is a gap that names how many', async () => {
    local.knobs(app).logTailDropLines = 2
    const worker = {images: {worker: ticks(3)}, formation: {worker: 1}}
    const lines = await tail(
      (seen) => seen.some(({text}) => text === 'tick 3'),
      () => local.seedRelease(app, worker),
    )
    expect(lines[0]).toMatchObject({gap: {dropped: 2}, text: expect.stringContaining('L11') as string})
    expect(lines.filter(({gap}) => gap)).toHaveLength(1)
    expect(texts(lines)).toEqual(['tick 1', 'tick 2', 'tick 3'])
  })

  it('logTailCutAfterLines: a tail that is cut again and again neither loses nor repeats a line', async () => {
    local.knobs(app).logTailCutAfterLines = 4
    const worker = {images: {worker: ticks(60)}, formation: {worker: 1}}
    const lines = await tail(
      (seen) => seen.some(({text}) => text === 'tick 60'),
      () => local.seedRelease(app, worker),
    )
    expect(texts(lines)).toEqual(Array.from({length: 60}, (_, n) => `tick ${n + 1}`))
    expect(lines.some(({gap}) => gap)).toBe(false)
    expect(sent('GET', /^\/logplex/)).toBeGreaterThan(2)
  })

  it('tells of the daily restart and of what the router answered, as lines of the platform', async () => {
    const web = {
      command: 'exec node web.cjs',
      files: {'web.cjs': `require('node:http').createServer((_, res) => res.end('hi')).listen(process.env.PORT)`},
    }
    await running({web})
    const {webUrl} = await platform.app(app)
    const lines = await tail(
      (seen) => seen.some(({text}) => text.startsWith('Process exited')),
      async () => {
        await (await fetch(webUrl!)).text()
        local.cycle(app)
      },
    )
    const told = lines.filter(({source}) => source === 'heroku').map(({dyno, text}) => `${dyno} ${text}`)
    expect(told[0]).toMatch(/^router at=info method=GET path="\/" .*status=200 bytes=2 /)
    expect(told.slice(1, 3)).toEqual(['web.1 Cycling', 'web.1 State changed from up to starting'])
  })
})

describe('dynos', () => {
  it('ignoreSigterm and drainMs: off the list at once, in the log until the process has exited', async () => {
    Object.assign(local.knobs(app), {ignoreSigterm: true, drainMs: 300})
    const loop = {command: 'while :; do sleep 0.05; done'}
    await running({worker: loop, clock: loop}, {worker: 1, clock: 1})
    const lines = await tail(
      (seen) => seen.filter(({text}) => text === 'Process exited with status 137').length === 2,
      async () => {
        await platform.scale(app, {worker: 0, clock: 0})
        expect(await platform.dynos(app)).toEqual([])
        expect(local.log(app).join('\n')).not.toMatch('status 137')
      },
    )
    const told = lines.filter(({dyno}) => dyno === 'worker.1').map(({text}) => text)
    expect(told).toEqual([
      'State changed from up to down',
      'Stopping all processes with SIGTERM',
      'Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM',
      'Stopping remaining processes with SIGKILL',
      'Process exited with status 137',
    ])
  })

  it('dynoListLagMs: the list still tells what was', async () => {
    await running({worker: idle}, {worker: 1})
    local.knobs(app).dynoListLagMs = 60_000
    await platform.scale(app, {worker: 0})
    expect((await platform.dynos(app)).map(({name}) => name)).toEqual(['worker.1'])
  })

  it('scaledBack: what somebody else brings back is in the formation, and the log names who', async () => {
    await running({worker: idle}, {worker: 2})
    local.knobs(app).scaledBack = {type: 'worker', quantity: 2, afterMs: 100, times: 1}
    const lines = await tail(
      (seen) => seen.some(({text}) => text.includes('autoscaler@')),
      () => platform.scale(app, {worker: 0}),
    )
    expect(lines.filter(({dyno}) => dyno === 'api').map(({text}) => text)).toEqual([
      'Scaled to worker@0:Standard-1X by user founder@example.com',
      'Scaled to worker@2:Standard-1X by user autoscaler@example.com',
    ])
    expect((await platform.formation(app))[0]!.quantity).toBe(2)
  })

  it.each([
    ['a web dyno that never binds its port (R10)', {}, idle, /crashed twice \(R10 Boot timeout\)/],
    [
      'crashOnBoot',
      {crashOnBoot: {types: ['web']}},
      {command: 'echo fine; exec sleep 1000'},
      /crashed twice \(status 1\)/,
    ],
  ])('%s: the wait for the new release ends, and says why', async (_, knobs, web, why) => {
    Object.assign(local.knobs(app), knobs)
    await local.seedRelease(app, {images: {web}})
    const [release] = await platform.newestReleases(app, 1)
    const signal = AbortSignal.timeout(50_000)
    const ctx = {clock: systemClock, log() {}, platform, progress() {}, signal} as unknown as Parameters<
      typeof waitForDynos
    >[1]
    const failed = await waitForDynos({app, release: release!, stableForMs: 10_000}, ctx).catch(
      (error: unknown) => error,
    )
    expect(failed).toMatchObject({failsAs: 'unhealthy', message: expect.stringMatching(why) as string})
  })
})
