import {describe, expect, it} from 'vitest'

import {openingSteps} from '../../src/lib/migrate/plan.js'
import {maintenanceOff, maintenanceOn} from '../../src/lib/migrate/steps/maintenance.js'
import {prebootOff, prebootOn} from '../../src/lib/migrate/steps/preboot.js'
import {restartKeptUp} from '../../src/lib/migrate/steps/restart.js'
import {scaleDown} from '../../src/lib/migrate/steps/scale-down.js'
import {scaleUp} from '../../src/lib/migrate/steps/scale-up.js'
import {waitForInFlight} from '../../src/lib/migrate/steps/in-flight.js'
import {waitForUp} from '../../src/lib/migrate/steps/up.js'
import type {WindowFacts} from '../../src/lib/migrate/facts.js'
import type {World} from '../platform/index.js'
import {APP, contextOf, fastClock, useWindow} from './window-rig.js'

const window = useWindow()

/** Answers `/slow` after 20 s of the platform's time. */
const web = {
  command: 'exec node web.cjs',
  files: {
    'web.cjs': `require('node:http').createServer((req, res) => {
      console.log('asked ' + req.url)
      setTimeout(() => res.end('hello'), req.url === '/slow' ? 1000 : 0)
    }).listen(process.env.PORT)`,
  },
}

async function app(): Promise<{facts: WindowFacts; before: World}> {
  const images = {web, worker: window.worker('worker', 'sleep 0.1; exit 0')}
  await window.local.seedRelease(APP, {images, formation: {web: 2, worker: 2}})
  await window.platform.setFeature(APP, 'preboot', true)
  const before = await window.local.settled(APP)
  await expect.poll(() => window.alive('worker')).toHaveLength(2)
  return {facts: await window.facts(), before}
}

const opening = (facts: WindowFacts) => [
  prebootOff(facts),
  maintenanceOn(facts),
  scaleDown(facts),
  waitForInFlight(facts),
]
const closing = (facts: WindowFacts) => [
  restartKeptUp(facts),
  scaleUp(facts),
  waitForUp(facts),
  maintenanceOff(facts),
  prebootOn(facts),
]
const failing = {
  id: 'backup',
  title: 'Fail',
  failsAs: 'backup',
  run: () => Promise.reject(new Error('no space left')),
}
const DATABASE = {
  addonId: 'a',
  addon: 'postgresql-curly-1',
  plan: 'essential-0',
  attachment: 'DATABASE',
  others: [],
  continuousProtection: false,
}
const get = async (path = '/') => {
  const {webUrl} = await window.platform.app(APP)
  const response = await fetch(new URL(path, webUrl), {signal: AbortSignal.timeout(20_000)})
  return {status: response.status, text: await response.text()}
}

describe('a window', () => {
  it('that opens and closes leaves the app as it was, with every dyno a new one', async () => {
    const {before, facts} = await app()
    const old = new Set((await window.platform.dynos(APP)).map(({id}) => id))
    const {events, run, verdict} = await window.runSteps([...opening(facts), ...closing(facts)])
    expect(verdict).toEqual({outcome: 'done'})
    expect(run.left()).toEqual([])
    expect(await window.local.settled(APP)).toEqual(before)
    expect((await window.platform.dynos(APP)).filter(({id}) => old.has(id))).toEqual([])
    expect(events.flatMap((event) => (event.type === 'downtime' ? [event.down] : []))).toEqual([true, false])
    expect((await get()).status).toBe(200)
  })

  it('takes web along when it is asked to', async () => {
    const {before} = await app()
    const facts = await window.facts({down: {web: 2, worker: 2}, keptUp: []})
    const {run} = await window.runSteps([prebootOff(facts), maintenanceOn(facts), scaleDown(facts)])
    expect(window.quantities()).toEqual({web: 0, worker: 0})
    expect(await window.alive('worker')).toEqual([])
    const rest = [scaleUp(facts), waitForUp(facts), maintenanceOff(facts), prebootOn(facts)]
    expect(run.left()).toHaveLength(3)
    expect((await window.runSteps(rest)).verdict).toEqual({outcome: 'done'})
    expect(await window.local.settled(APP)).toEqual(before)
  })

  it('is closed to visitors from maintenance-on to maintenance-off', async () => {
    const {facts} = await app()
    const {run} = await window.runSteps(opening(facts))
    expect(await get()).toMatchObject({status: 503, text: expect.stringContaining('Maintenance')})
    expect(window.local.world(APP)).toMatchObject({maintenance: true, features: []})
    expect(run.left().map(({command}) => command)).toEqual([
      'heroku ps:scale worker=2 --app acme',
      'heroku maintenance:off --app acme',
      'heroku features:enable preboot --app acme',
    ])
  })

  it.each([1, 2, 3, 4])('that is stopped after %i of its opening steps is as it was', async (count) => {
    const {before, facts} = await app()
    const {verdict} = await window.runSteps([...opening(facts).slice(0, count), failing])
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect(await window.local.settled(APP)).toEqual(before)
  })

  it.each(['before', 'after', 'lost'] as const)(
    'survives a platform whose every write fails once (%s)',
    async (moment) => {
      const {before, facts} = await app()
      for (const path of [/features/, /apps\/acme$/, /formation$/])
        for (const method of ['PATCH']) window.local.fault({method, path, moment})
      window.local.fault({method: 'DELETE', path: /formations\/web/, moment})
      const {verdict} = await window.runSteps([...opening(facts), ...closing(facts)])
      expect(verdict).toEqual({outcome: 'done'})
      expect(await window.local.settled(APP)).toEqual(before)
    },
  )

  it('that can not be closed is held, with the commands that close it', async () => {
    const {facts} = await app()
    const refuse = {
      ...failing,
      async run() {
        const body = {id: 'forbidden', message: 'No.'}
        window.local.fault({method: 'PATCH', path: /apps\/acme$/, moment: 'before', status: 403, body, times: 99})
      },
    }
    const {verdict} = await window.runSteps([...opening(facts), refuse, ...closing(facts)])
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, step: 'maintenance-off'})
    expect(verdict).toHaveProperty('left', [
      expect.objectContaining({command: 'heroku maintenance:off --app acme'}),
      expect.objectContaining({command: 'heroku features:enable preboot --app acme'}),
    ])
  })

  it('does not take over a maintenance that somebody turned on meanwhile', async () => {
    const {facts} = await app()
    await window.platform.setMaintenance(APP, true)
    const {verdict} = await window.runSteps(opening(facts))
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, step: 'maintenance-on', left: []})
    expect(window.local.world(APP)).toMatchObject({maintenance: true, features: ['preboot']})
  })
})

it('undos of the flags are harmless when nothing happened, and when they have happened', async () => {
  const {before, facts} = await app()
  const ctx = contextOf(window.platform)
  for (const step of [prebootOff(facts), maintenanceOn(facts)]) {
    const seen = await step.look!(ctx)
    await step.undo!(seen as never, ctx)
    await step.run(seen as never, ctx)
    await step.undo!(seen as never, ctx)
    await step.undo!(seen as never, ctx)
    expect(window.local.world(APP)).toEqual(before)
  }
})

it('requests from before the window have been answered when the schema may change', async () => {
  const {facts} = await app()
  const slow = get('/slow')
  await expect.poll(() => window.local.log(APP).join('\n')).toMatch('asked /slow')
  let answered = false
  const ended = slow.then(() => (answered = true))
  const {verdict} = await window.runSteps([maintenanceOn(facts), waitForInFlight(facts)])
  expect(answered).toBe(true)
  await ended
  expect((await slow).text).toBe('hello')
  expect(verdict).toEqual({outcome: 'done'})
})

it('an app of web alone is not backed up while it answers what it was asked before the window', async () => {
  await window.local.seedRelease(APP, {images: {web}, formation: {web: 1}})
  await window.local.settled(APP)
  const database = {...DATABASE, billingApp: APP}
  const facts = await window.facts({backup: {mode: 'capture', databases: [database], timeoutMs: 60_000}})
  const steps = openingSteps(facts)
  expect(steps.map(({id}) => id)).toEqual(['maintenance-on', 'quiet', 'backup'])
  // The router's log knows of slow requests here, so silence proves nothing for long.
  await get('/slow')
  const slow = get('/slow')
  await expect.poll(() => window.local.log(APP).filter((line) => line.includes('asked /slow'))).toHaveLength(2)
  let answered = false
  const ended = slow.then(() => (answered = true))
  const {verdict} = await window.runSteps(steps.filter(({id}) => id !== 'backup'))
  expect([answered, verdict]).toEqual([true, {outcome: 'done'}])
  await ended
  expect((await slow).text).toBe('hello')
})

it('the quiet of the router is proven by its log: no thirty seconds when visitors keep coming', async () => {
  const {facts} = await app()
  for (let count = 0; count < 5; count++) await get()
  const over = new AbortController()
  const visitors = (async () => {
    while (!over.signal.aborted) await get().then(() => fastClock.sleep(500))
  })()
  const {events} = await window.runSteps([maintenanceOn(facts), scaleDown(facts)])
  over.abort()
  await visitors
  const at = (find: (event: (typeof events)[number]) => boolean) => events.find((event) => find(event))!.at
  const since = at((event) => event.type === 'step-succeeded' && event.step === 'maintenance-on')
  const quiet = at((event) => event.type === 'step-progress' && event.item === 'requests' && event.done === 'ok')
  expect(quiet - since).toBeLessThan(30_000)
})

describe('a restart', () => {
  it('of a web that crashed on the old schema brings it up', async () => {
    await window.local.seedRelease(APP, {images: {web}, formation: {web: 1}})
    window.local.knobs(APP).crashOnBoot = {types: ['web']}
    await window.local.seedRelease(APP, {images: {web: {...web, command: 'exec  node web.cjs'}}})
    await expect
      .poll(() => window.local.log(APP).filter((line) => line.includes('to crashed')).length)
      .toBeGreaterThan(1)
    window.local.knobs(APP).crashOnBoot = undefined
    const facts = await window.facts()
    const {verdict} = await window.runSteps([restartKeptUp(facts), waitForUp(facts)])
    expect(verdict).toEqual({outcome: 'done'})
  })

  it('is waited for until the list shows none of before', async () => {
    const {facts} = await app()
    window.local.knobs(APP).dynoListLagMs = 700
    const old = new Set((await window.platform.dynos(APP)).filter(({type}) => type === 'web').map(({id}) => id))
    const {verdict} = await window.runSteps([restartKeptUp(facts)])
    expect(verdict).toEqual({outcome: 'done'})
    expect((await window.platform.dynos(APP)).filter(({id}) => old.has(id))).toEqual([])
  })
})

it('an app whose dynos crash on the new schema is not up', async () => {
  const {facts} = await app()
  window.local.knobs(APP).crashOnBoot = {types: ['worker']}
  const {verdict} = await window.runSteps([scaleDown(facts), restartKeptUp(facts), scaleUp(facts), waitForUp(facts)])
  expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, step: 'up'})
})
