import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {openProbe} from '../../src/lib/health/probe.js'
import type {HealthFacts, WindowFacts} from '../../src/lib/migrate/facts.js'
import {baselineNotes, type HealthServices, readHealth} from '../../src/lib/migrate/health-baseline.js'
import type {WindowServices} from '../../src/lib/migrate/services.js'
import {checkHealth} from '../../src/lib/migrate/steps/health.js'
import type {RunEvent} from '../../src/lib/run/events.js'
import {createRedactor} from '../../src/lib/run/redact.js'
import {beginRun, type Run} from '../../src/lib/run/run.js'
import {runPlan, type Verdict} from '../../src/lib/run/runner.js'
import type {Plan, Step} from '../../src/lib/run/step.js'
import {platformAt, TOKEN} from '../heroku/heroku-client.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {memoryJournal} from '../run/world.js'
import {webServer} from '../health/servers.js'
import {clockAt} from './clock-at.js'

const SPEED = 30
const quick = clockAt(SPEED)

const probe = openProbe({})
const never = new AbortController().signal

const healthFacts = (url: string, more: Partial<HealthFacts> = {}): HealthFacts => ({
  url,
  expect: [[200, 399]],
  timeoutMs: 30_000,
  baseline: {ok: true, said: 'answers 200'},
  ...more,
})

const windowFacts = (health: HealthFacts, more: Partial<WindowFacts> = {}): WindowFacts => ({
  app: {id: '1', name: 'acme', webUrl: new URL('/', health.url).href},
  user: 'me@example.com',
  state: {maintenance: false, formation: [], current: null, newest: 1, notUp: [], crashed: []},
  preboot: false,
  maintenance: 'set',
  down: {},
  keptUp: ['web'],
  backup: {mode: 'none', databases: [], timeoutMs: 0},
  flushes: [],
  flushRequired: false,
  health,
  stableForMs: 30_000,
  onMigrationFailure: 'hold',
  ...more,
})

type Told = {verdict: Verdict; result: unknown; events: RunEvent[]; journal: string}

/** Runs the step as a run does, after a release if there was one. */
async function check(
  facts: WindowFacts,
  services: Partial<HealthServices & WindowServices> = {},
  {released = false, onRun}: {released?: boolean; onRun?: (run: Run) => void} = {},
): Promise<Told> {
  const events: RunEvent[] = []
  const journal = memoryJournal()
  const redact = createRedactor([])
  const run = beginRun({id: 'r1', clock: quick, journal, redact, onEvent: (event) => events.push(event)})
  const release: Step<object> = {id: 'release', title: 'Release', failsAs: 'unhealthy', run: async () => ({version: 2})}
  const plan: Plan<HealthServices & WindowServices> = {
    name: 'test',
    steps: [...(released ? [release] : []), checkHealth(facts)],
    policy: {unhealthy: {when: '', world: '', action: 'hold', exit: 4, says: 'Held.'}},
  }
  onRun?.(run)
  const verdict = await runPlan(plan, {probe, ...services} as HealthServices & WindowServices, run, null)
  return {verdict, result: run.results.get('health'), events, journal: JSON.stringify(journal.entries)}
}

const warnings = ({events}: Told) => events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
const progress = ({events}: Told) => events.flatMap((event) => (event.type === 'step-progress' ? [event.message] : []))

/** Answers with these statuses in turn, and then with the last one. */
async function saying(...statuses: number[]): Promise<{url: string; asked: () => number}> {
  let asked = 0
  const url = await webServer((_req, res) => {
    res.writeHead(statuses[Math.min(asked, statuses.length - 1)]!).end()
    asked += 1
  })
  return {url, asked: () => asked}
}

describe('the health check', () => {
  it('is done after three good answers in a row', async () => {
    const {asked, url} = await saying(500, 200, 204, 503, 200, 301, 200)
    const told = await check(windowFacts(healthFacts(url)), {platform: nobody})
    expect(told.verdict).toEqual({outcome: 'done'})
    expect(told.result).toEqual({ms: expect.any(Number), status: 200})
    expect(asked()).toBe(7)
    expect(warnings(told)).toEqual([])
  })

  it('fails as unhealthy when the time is over, with the last trouble', async () => {
    const {url} = await saying(200, 200, 500)
    const {verdict} = await check(windowFacts(healthFacts(url)))
    expect(verdict).toMatchObject({outcome: 'held', reason: `${url} is not healthy after 30 s: answers 500`})
  })

  it('shuts the site again when it was migrated: what is held or taken back is behind maintenance', async () => {
    const {url} = await saying(500)
    const local = await startPlatform({speed: SPEED, apiKey: TOKEN})
    try {
      await local.createApp('acme')
      const platform = platformAt(local.url, {clock: quick})
      const migration = {command: 'true', timeoutMs: 1000}
      const {events, verdict} = await check(windowFacts(healthFacts(url), {migration}), {platform})
      expect(verdict).toMatchObject({
        outcome: 'held',
        reason: expect.stringMatching(/maintenance mode is on again$/) as string,
      })
      expect(events).toContainEqual(expect.objectContaining({type: 'downtime', down: true}))
      expect((await platform.app('acme')).maintenance).toBe(true)
    } finally {
      vi.unstubAllEnvs()
      await local.stop()
    }
  })

  it('finishes a series that has begun when the time is over', async () => {
    const {asked, url} = await saying(200)
    expect((await check(windowFacts(healthFacts(url, {timeoutMs: 1})))).verdict.outcome).toBe('done')
    expect(asked()).toBe(3)
  })

  it('holds nothing against a ship that had failed the same way before, and says so', async () => {
    const {url} = await saying(401)
    const baseline = {ok: false, said: 'answers 401'}
    const told = await check(windowFacts(healthFacts(url, {baseline})))
    expect(told.verdict).toEqual({outcome: 'done'})
    expect(told.result).toMatchObject({status: 401, unproven: 'it answers 401, as before'})
    expect(warnings(told)).toEqual([`The health of ${url} is not proven: it answers 401, as before.`])
  })

  it('does when it fails in another way', async () => {
    const {url} = await saying(500)
    const told = await check(windowFacts(healthFacts(url, {baseline: {ok: false, said: 'answers 401'}})))
    expect(told.verdict).toMatchObject({outcome: 'held'})
  })

  it('sends the credentials of the check and tells them nowhere', async () => {
    const secret = 'a-password-nobody-sees'
    const good = `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`
    const seen: string[] = []
    const url = await webServer((req, res) => {
      seen.push(req.url ?? '')
      res.writeHead(req.headers.authorization === good ? 200 : 401).end()
    })
    const wanted = {
      check: url.replace('//', `//me:${secret}@`) + `/up?key=${secret}`,
      expect: [[200, 200]] as Array<[number, number]>,
      timeoutMs: 30_000,
    }
    const health = await readHealth(wanted, {}, {clock: quick, probe, signal: never})
    expect(health).toMatchObject({url: `${url}/up?key=***`, baseline: {ok: true, said: 'answers 200'}})
    const told = await check(windowFacts(health!), {healthCheck: wanted.check})
    expect(told.verdict).toEqual({outcome: 'done'})
    expect(new Set(seen)).toEqual(new Set([`/up?key=${secret}`]))
    expect(JSON.stringify([health, told])).not.toContain(secret)
  })

  it('ends at once when it is interrupted', async () => {
    let run: Run | undefined
    const url = await webServer(() => run?.interrupt('SIGINT'))
    const facts = windowFacts(healthFacts(url))
    const {verdict} = await check(facts, {}, {onRun: (begun) => (run = begun)})
    expect(verdict.outcome).toBe('interrupted')
  })
})

describe('the baseline', () => {
  const wanted = {check: '/up', expect: [[200, 399]] as Array<[number, number]>, timeoutMs: 30_000}
  const tools = {clock: quick, probe, signal: never}

  it('is what the same request comes to before; the header of the new code is not looked for', async () => {
    const {url} = await saying(200)
    const header = {name: 'X-Version', value: '42'}
    const health = await readHealth({...wanted, header}, {webUrl: url}, tools)
    expect(health).toMatchObject({url: `${url}/up`, header, baseline: {ok: true}})
    expect(baselineNotes(health!)).toEqual([])
  })

  it('excuses nothing because of a moment’s trouble', async () => {
    const {url} = await saying(500, 500, 200)
    expect(await readHealth(wanted, {webUrl: url}, tools)).toMatchObject({baseline: {ok: true}})
  })

  it('is told when it fails', async () => {
    const {asked, url} = await saying(401)
    const health = await readHealth(wanted, {webUrl: url}, tools)
    expect(health).toMatchObject({baseline: {ok: false, said: 'answers 401'}})
    expect(asked()).toBe(3)
    expect(baselineNotes(health!)[0]).toMatch(/fails already: .*\/up: answers 401\./)
  })

  it('says nothing of an app that nothing serves, and has no path without an address', async () => {
    const {asked, url} = await saying(404)
    const nothingServes = 'there was no release yet'
    const health = await readHealth(wanted, {webUrl: url, nothingServes}, tools)
    expect(health).toMatchObject({baseline: {ok: true, said: 'not asked: there was no release yet'}})
    expect(asked()).toBe(0)
    expect(await readHealth(wanted, {}, tools)).toBeUndefined()
  })
})

describe('on the local Heroku', () => {
  let local: LocalHeroku
  let services: Pick<WindowServices, 'platform'>
  let url: string
  beforeEach(async () => {
    local = await startPlatform({speed: SPEED, apiKey: TOKEN})
    services = {platform: platformAt(local.url, {clock: quick})}
    await local.createApp('acme')
    await local.seedRelease('acme', {images: {web: version(1)}, formation: {web: 1}})
    await services.platform.scale('acme', {web: 1})
    await local.settled('acme')
    url = (await services.platform.app('acme')).webUrl!
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await local.stop()
  })

  it('the maintenance page is no failure while there is time, and is named when there is none', async () => {
    await services.platform.setMaintenance('acme', true)
    const facts = windowFacts(healthFacts(url))
    const late = await check(facts, services)
    expect(late.verdict).toMatchObject({reason: expect.stringContaining('answers 503 with the maintenance page')})

    let told = 0
    const lifting: HealthServices['probe'] = async (question) => {
      // Lifted while it is asked about.
      if (++told === 3) await services.platform.setMaintenance('acme', false)
      return probe(question)
    }
    const lifted = await check(facts, {...services, probe: lifting})
    expect(lifted.verdict).toEqual({outcome: 'done'})
    expect(progress(lifted)[0]).toBe('answers 503 with the maintenance page; asking again')
  })

  it('under maintenance that stays on there is nothing to ask', async () => {
    await services.platform.setMaintenance('acme', true)
    const facts = windowFacts(healthFacts(url), {maintenance: 'keep'})
    const kept = await check({...facts, state: {...facts.state, maintenance: true}}, services)
    expect(kept.result).toMatchObject({unproven: 'maintenance stays on, so nobody gets through'})
    expect(warnings(kept)).toHaveLength(1)
  })

  it('a web that is scaled to 0 is said, and nobody is blamed', async () => {
    await services.platform.scale('acme', {web: 0})
    const told = await check(windowFacts(healthFacts(url)), services)
    expect(told.verdict).toEqual({outcome: 'done'})
    expect(told.result).toMatchObject({status: 503, unproven: 'web is scaled to 0, so nothing can answer'})
  })

  describe('with preboot and no window', () => {
    const facts = (health: HealthFacts) => windowFacts(health, {preboot: true, maintenance: 'none'})
    beforeEach(async () => {
      await services.platform.setFeature('acme', 'preboot', true)
    })

    it('good answers of the old dynos do not hide what the new ones say', async () => {
      await local.seedRelease('acme', {images: {web: version(2, 500)}})
      expect((await fetch(url)).status).toBe(200)
      const waited = {...facts(healthFacts(url)), stableForMs: 0}
      const told = await check(waited, services, {released: true})
      expect(told.verdict).toMatchObject({outcome: 'held', reason: expect.stringContaining('answers 500')})
      expect(progress(told)[0]).toMatch(/^the old dynos may still answer, for 1(90|8\d) s$/)
    })

    it('the header of the new code ends the wait', async () => {
      await local.seedRelease('acme', {images: {web: version(2)}})
      const header = {name: 'X-Version', value: '2'}
      const told = await check(facts(healthFacts(url, {header})), services, {released: true})
      expect(told.verdict).toEqual({outcome: 'done'})
      expect(progress(told)[0]).toBe('answers 200 with another X-Version, not 2; asking again')
      expect((await fetch(url)).headers.get('x-version')).toBe('2')
    })

    it('nothing is waited for where nothing was released', async () => {
      const told = await check(facts(healthFacts(url)), services)
      expect(progress(told)[0]).toBe('answers 200, 1 of 3')
    })
  })
})

const version = (number: number, status = 200) => ({
  command: 'exec node web.cjs',
  files: {
    'web.cjs': `require('node:http').createServer((_, res) => res.writeHead(${status}, {'X-Version': '${number}'}).end()).listen(process.env.PORT)`,
  },
})

/** Where the step looks whether web is at 0, and Heroku does not answer. */
const nobody = {formation: () => Promise.reject(new Error('no answer'))} as unknown as WindowServices['platform']
