import {describe, expect, it} from 'vitest'

import {scaleDown} from '../../src/lib/migrate/steps/scale-down.js'
import {scaleUp} from '../../src/lib/migrate/steps/scale-up.js'
import type {Knobs} from '../platform/index.js'
import {APP, contextOf, useWindow} from './window-rig.js'

const window = useWindow()

async function app(onTerm?: string): Promise<void> {
  const images = {worker: window.worker('worker', onTerm), clock: window.worker('clock', onTerm)}
  await window.local.seedRelease(APP, {images, formation: {worker: 2, clock: 1}})
  await window.local.settled(APP)
  await expect.poll(() => window.alive('worker')).toHaveLength(2)
  await expect.poll(() => window.alive('clock')).toHaveLength(1)
}

/** The process that runs when the step has ended, asked at that very moment. */
async function scaledDown(): Promise<{stillRunning: number[]; killed: string[]; warnings: string[]}> {
  const facts = await window.facts()
  const {run, verdict, warnings} = await window.runSteps([scaleDown(facts)])
  const stillRunning = [...(await window.alive('worker')), ...(await window.alive('clock'))]
  expect(verdict).toEqual({outcome: 'done'})
  expect(window.quantities()).toEqual({worker: 0, clock: 0})
  const result = run.results.get('scale-down') as {quantities: object; killed: string[]}
  expect(result.quantities).toEqual({worker: 2, clock: 1})
  return {stillRunning, killed: result.killed, warnings}
}

describe('scaling down ends when the last process has exited', () => {
  it.each<[string, string, Partial<Knobs>]>([
    ['that end at once', 'exit 0', {}],
    ['that take their time', 'sleep 0.7; exit 0', {}],
    ['that are told late', 'exit 0', {drainMs: 800}],
    ['that are listed for long', 'exit 0', {dynoListLagMs: 1500}],
    ['that leave the list, and take their time', 'sleep 1; exit 3', {dynoListLagMs: 0}],
    ['whose last lines are dropped', 'sleep 1; exit 0', {logTailDropLines: 12}],
    ['whose log breaks off again and again', 'sleep 0.5; exit 0', {logTailCutAfterLines: 2}],
  ])('of dynos %s', async (_, onTerm, knobs) => {
    await app(onTerm)
    Object.assign(window.local.knobs(APP), knobs)
    expect(await scaledDown()).toMatchObject({stillRunning: [], killed: []})
  })

  it('as the log tells it, without asking the platform again and again', async () => {
    await app()
    const facts = await window.facts()
    const before = window.local.requests.length
    await window.runSteps([scaleDown(facts)])
    const asked = window.local.requests
      .slice(before)
      .map(({method, path}) => `${method} ${path.split('/')[3] ?? 'log'}`)
    expect(asked.sort()).toEqual([
      'GET dynos',
      'GET formation',
      'GET formation',
      'GET log',
      'PATCH formation',
      'POST log-sessions',
    ])
  })

  it('of dynos that have to be killed, which is told', async () => {
    window.local.knobs(APP).ignoreSigterm = true
    await app(':')
    const {killed, stillRunning, warnings} = await scaledDown()
    expect(stillRunning).toEqual([])
    expect(killed.sort()).toEqual(['clock.1', 'worker.1', 'worker.2'])
    expect(warnings).toContainEqual(expect.stringMatching(/^worker\.1 did not end within 30 s of SIGTERM/))
  })

  it.each(['exit 0', 'sleep 1; exit 0', ':'])('where the log is refused (%s)', async (onTerm) => {
    window.local.fault({
      method: 'POST',
      path: /log-sessions/,
      moment: 'before',
      status: 403,
      body: {id: 'forbidden'},
      times: 99,
    })
    await app(onTerm)
    expect(await scaledDown()).toMatchObject({stillRunning: []})
  })

  it('of dynos that were restarted a moment ago: the process of before counts too', async () => {
    await app('sleep 1; exit 0')
    await window.platform.restartType(APP, 'worker')
    await expect.poll(() => window.alive('worker')).toHaveLength(4)
    expect(await scaledDown()).toMatchObject({stillRunning: []})
  })

  it('of dynos that had been scaled away a moment ago and are listed no more', async () => {
    await app('[ $DYNO = worker.2 ] && sleep 1.2; exit 0')
    await window.platform.scale(APP, {worker: 1})
    const facts = await window.facts()
    expect(facts.down).toEqual({worker: 1, clock: 1})
    const {verdict} = await window.runSteps([scaleDown(facts)])
    expect(await window.alive('worker')).toEqual([])
    expect(verdict).toEqual({outcome: 'done'})
  })

  it('of dynos that are told to end so late that they outlive the time they have', async () => {
    window.local.knobs(APP).ignoreSigterm = true
    await app(':')
    window.local.knobs(APP).ignoreSigterm = false
    window.local.knobs(APP).drainMs = 700
    expect(await scaledDown()).toMatchObject({stillRunning: []})
  })

  it('of dynos that crash, start, or crash just then', async () => {
    const images = {
      worker: window.worker('worker'),
      clock: {command: 'exit 1'},
      late: {command: `sleep 0.3; exit 1`},
    }
    await window.local.seedRelease(APP, {images, formation: {worker: 1, clock: 1, late: 2}})
    const {verdict} = await window.runSteps([scaleDown(await window.facts())])
    expect(verdict).toEqual({outcome: 'done'})
    expect(window.local.world(APP).dynos).toEqual([])
    expect(await window.alive('worker')).toEqual([])
  })

  it('also when somebody brings them back meanwhile, who is named', async () => {
    await app('sleep 0.3; exit 0')
    window.local.knobs(APP).scaledBack = {type: 'worker', quantity: 3, afterMs: 100, times: 2}
    const {stillRunning, warnings} = await scaledDown()
    expect(stillRunning).toEqual([])
    expect(warnings).toContain(
      'autoscaler@example.com scaled worker to 3 while the window is open: it is set to 0 again.',
    )
  })
})

describe('what was scaled down', () => {
  const beforeIt = {worker: 2, clock: 1}

  it('comes back as it was', async () => {
    await app()
    const facts = await window.facts()
    const {run, verdict} = await window.runSteps([scaleDown(facts), scaleUp(facts)])
    expect(verdict).toEqual({outcome: 'done'})
    expect(window.quantities()).toEqual(beforeIt)
    expect(run.left()).toEqual([])
  })

  it.each([1, 2, 3])('comes back when the run is interrupted at its message %i', async (nth) => {
    await app('sleep 0.5; exit 0')
    let seen = 0
    const {verdict} = await window.runSteps([scaleDown(await window.facts())], (event, run) => {
      if (event.type === 'step-progress' && ++seen === nth) run.interrupt('SIGINT')
    })
    expect(verdict).toMatchObject({outcome: 'interrupted', exitCode: 130, left: []})
    expect(window.quantities()).toEqual(beforeIt)
  })

  it.each(['lost', 'after', 'before'] as const)('comes back when its own PATCH fails (%s)', async (moment) => {
    await app()
    window.local.fault({method: 'PATCH', path: /formation/, moment, times: moment === 'before' ? 1 : 2})
    const failing = {
      id: 'backup',
      title: 'Fail',
      failsAs: 'backup',
      run: () => Promise.reject(new Error('no space left')),
    }
    const {verdict} = await window.runSteps([scaleDown(await window.facts()), failing])
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect(window.quantities()).toEqual(beforeIt)
  })

  it('is undone by another process, whether it happened or not, once or twice', async () => {
    await app()
    const step = scaleDown(await window.facts())
    const {run} = await window.runSteps([step])
    const {seen} = run.begun[0]!
    await step.undo!(seen as never, contextOf(window.platform))
    expect(window.quantities()).toEqual(beforeIt)
    await step.undo!(seen as never, contextOf(window.platform))
    expect(window.quantities()).toEqual(beforeIt)
  })

  it('is left with the command that a person would type when Heroku refuses', async () => {
    await app()
    const facts = await window.facts()
    const failing = {
      id: 'backup',
      title: 'Fail',
      failsAs: 'backup',
      async run() {
        window.local.fault({
          method: 'PATCH',
          path: /formation/,
          moment: 'before',
          status: 403,
          body: {id: 'forbidden', message: 'No.'},
          times: 9,
        })
        throw new Error('no space left')
      },
    }
    const {verdict} = await window.runSteps([scaleDown(facts), failing])
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(verdict).toHaveProperty(
      'left.0.command',
      expect.stringMatching(/^heroku ps:scale (worker=2 clock=1|clock=1 worker=2) --app acme$/),
    )
  })
})
