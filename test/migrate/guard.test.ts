import {expect, it} from 'vitest'

import {guarded, withGuard} from '../../src/lib/migrate/guard.js'
import {scaleDown} from '../../src/lib/migrate/steps/scale-down.js'
import {scaleUp} from '../../src/lib/migrate/steps/scale-up.js'
import type {WindowFacts} from '../../src/lib/migrate/facts.js'
import type {WindowServices} from '../../src/lib/migrate/services.js'
import type {Step, StepContext} from '../../src/lib/run/step.js'
import {APP, contextOf, fastClock, useWindow} from './window-rig.js'

const window = useWindow()

async function app(): Promise<WindowFacts> {
  const images = {worker: window.worker('worker', 'sleep 0.3; exit 0'), clock: window.worker('clock')}
  await window.local.seedRelease(APP, {images, formation: {worker: 2, clock: 1}})
  await window.local.settled(APP)
  await expect.poll(() => window.alive('worker')).toHaveLength(2)
  return window.facts()
}

/** A step in whose middle something happens. */
const working = (work: (ctx: StepContext & WindowServices) => Promise<unknown>): Step<WindowServices, null, void> => ({
  id: 'backup',
  title: 'Work',
  failsAs: 'backup',
  async run(_seen, ctx) {
    await work(ctx)
  },
})

const NAMED = 'autoscaler@example.com scaled worker to 2 while the window is open: it is set to 0 again.'
const somebodyElse = () => window.local.autoscale(APP, 'worker', 2)
const release = () => window.local.seedRelease(APP, {images: {worker: window.worker('worker')}})

it('what comes back while the work goes on is set to 0 again within its interval, and named; the work is not disturbed', async () => {
  const facts = await app()
  const polls = 3 * 10_000
  const {verdict, warnings} = await window.runSteps([
    scaleDown(facts),
    withGuard(
      working(async ({clock}) => {
        somebodyElse()
        await expect.poll(() => window.alive('worker')).not.toEqual([])
        await clock.sleep(polls)
        expect(window.quantities()).toEqual({worker: 0, clock: 0})
      }),
      facts,
    ),
  ])
  expect(await window.alive('worker')).toEqual([])
  expect(verdict).toEqual({outcome: 'done'})
  expect(warnings).toEqual([NAMED])
})

it('what came back before the work begins is gone, processes and all, when it begins', async () => {
  const facts = await app()
  const {verdict, warnings} = await window.runSteps([
    scaleDown(facts),
    {...working(async () => somebodyElse()), id: 'before'},
    withGuard(
      working(async () => {
        expect(window.quantities()).toEqual({worker: 0, clock: 0})
        expect(await window.alive('worker')).toEqual([])
      }),
      facts,
    ),
  ])
  expect(verdict).toEqual({outcome: 'done'})
  expect(warnings).toEqual([NAMED])
})

it('an autoscaler that does not give in keeps the window from opening, which is undone', async () => {
  const facts = await app()
  window.local.knobs(APP).scaledBack = {type: 'worker', quantity: 2, afterMs: 60, times: 99}
  const {verdict} = await window.runSteps([scaleDown(facts)])
  expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
  expect(verdict).toHaveProperty('reason', expect.stringMatching(/^Brought back again and again: worker/))
  expect(window.quantities()).toEqual({worker: 2, clock: 1})
})

it('a work that ends is waited with until what was brought back has gone', async () => {
  const facts = await app()
  const {verdict} = await window.runSteps([
    scaleDown(facts),
    withGuard(
      working(async () => {
        somebodyElse()
        await expect.poll(() => window.quantities().worker).toBe(0)
      }),
      facts,
    ),
  ])
  expect(await window.alive('worker')).toEqual([])
  expect(verdict).toEqual({outcome: 'done'})
})

it('what comes back in the last moment of the work does not outlive it', async () => {
  const facts = await app()
  const {verdict, warnings} = await window.runSteps([
    scaleDown(facts),
    withGuard(
      working(async () => {
        somebodyElse()
        await expect.poll(() => window.alive('worker')).not.toEqual([])
      }),
      facts,
    ),
  ])
  expect(await window.alive('worker')).toEqual([])
  expect(verdict).toEqual({outcome: 'done'})
  expect(warnings).toEqual([NAMED])
})

it('it does not race with the restoring', async () => {
  const facts = await app()
  const {verdict, warnings} = await window.runSteps([
    scaleDown(facts),
    withGuard(
      working(() => fastClock.sleep(25_000)),
      facts,
    ),
    scaleUp(facts),
    {...working(() => fastClock.sleep(25_000)), id: 'after'},
  ])
  expect(verdict).toEqual({outcome: 'done'})
  expect(window.quantities()).toEqual({worker: 2, clock: 1})
  expect(warnings).toEqual([])
})

it("somebody else's release fails the work, once it has ended", async () => {
  const facts = await app()
  let ended = false
  const {verdict, warnings} = await window.runSteps([
    scaleDown(facts),
    withGuard(
      working(async ({clock}) => {
        await release()
        await clock.sleep(25_000)
        ended = true
      }),
      facts,
    ),
  ])
  expect(ended).toBe(true)
  expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, step: 'backup'})
  expect(verdict).toHaveProperty('reason', expect.stringMatching(/^Somebody else released meanwhile: v4 by founder@/))
  expect(warnings).toHaveLength(1)
  expect(window.quantities()).toEqual({worker: 2, clock: 1})
})

it("somebody else's release keeps the work from beginning; what this run released does not", async () => {
  const facts = await app()
  await release()
  let begun = 0
  const begin = working(async () => {
    begun += 1
  })
  const {verdict} = await window.runSteps([withGuard(begin, facts)])
  expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
  expect(begun).toBe(0)

  const ours: Step<WindowServices, null, {version: number}> = {
    id: 'release',
    title: 'Release',
    failsAs: 'opening',
    run: async () => ({version: 4}),
  }
  expect((await window.runSteps([ours, withGuard(begin, facts)])).verdict).toMatchObject({outcome: 'done'})
  expect((await window.runSteps([withGuard(begin, facts, () => 4)])).verdict).toMatchObject({outcome: 'done'})
  expect(begun).toBe(2)
})

it("a release phase of somebody else's is a migration beside ours", async () => {
  const facts = await app()
  await window.local.seedRelease(APP, {images: {release: {command: 'sleep 30'}}})
  const {verdict} = await window.runSteps([
    withGuard(
      working(async () => {}),
      facts,
    ),
  ])
  expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, reason: expect.stringContaining('v4')})
})

it('reads that fail are borne with; before the work one has to succeed', async () => {
  const facts = await app()
  await window.runSteps([scaleDown(facts)])
  const failing = (times: number) =>
    window.local.fault({method: 'GET', path: /\/(formation|releases)/, moment: 'before', status: 503, times})
  const work = withGuard(
    working(({clock}) => clock.sleep(35_000)),
    facts,
  )
  const faults = failing(12)
  expect((await window.runSteps([work])).verdict).toEqual({outcome: 'done'})
  expect(faults.hits).toBe(12)

  failing(10_000)
  const {verdict} = await window.runSteps([work])
  expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1})
  expect(verdict).toHaveProperty('reason', expect.stringMatching(/^Can't see whether the window is still closed/))
})

it('what the work throws is what is thrown', async () => {
  const facts = await app()
  const work = async (): Promise<never> => {
    await release()
    await fastClock.sleep(15_000)
    throw new Error('the migration failed')
  }
  await expect(guarded(facts, contextOf(window.platform), work, () => 3)).rejects.toThrow('the migration failed')
})
