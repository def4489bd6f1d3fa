import fc from 'fast-check'
import {describe, expect, test} from 'vitest'

import type {RunEvent, Untimed} from '../../src/lib/run/events.js'
import {createPlainRenderer} from '../../src/lib/ui/plain.js'
import {anyEvents} from './arbitrary.js'
import {fakeClock} from './fake-clock.js'
import {scenes, type Script} from './scenes.js'

function plain(options: {colour?: boolean} = {}) {
  const clock = fakeClock()
  const written: Array<{at: number; text: string}> = []
  const renderer = createPlainRenderer({write: (text) => written.push({at: clock.now(), text}), clock, ...options})
  return {
    clock,
    written,
    close: () => renderer.close(),
    output: () => written.map(({text}) => text).join(''),
    say: (event: Untimed<RunEvent>) => renderer.emit({...event, at: clock.now()} as RunEvent),
  }
}

async function transcript(script: Script): Promise<string> {
  const {clock, close, output, say} = plain()
  for (const [wait, event] of script) {
    await clock.advance(wait)
    say(event)
  }
  await close()
  return output()
}

test('what to type should the process die is in the log before the effect', async () => {
  const script: Script = [
    [0, {type: 'step-started', step: 'a', title: 'Scale worker to 0'}],
    [0, {type: 'step-begun', step: 'a', left: [{what: 'worker is at 0.', command: 'heroku ps:scale worker=2'}]}],
    [0, {type: 'step-begun', step: 'a', left: [{what: 'Nothing can be typed.'}]}],
  ]
  expect(await transcript(script)).toBe('Scale worker to 0…\n  If this process dies: heroku ps:scale worker=2\n')
})

test('a run that fails, as a CI log keeps it', async () => {
  expect(await transcript(scenes.crash)).toMatchInlineSnapshot(`
    "Running pipeline:ship on example-app
    Build 2 images…
      web | FROM node:22-alpine (1/7)
      worker | CACHED FROM node:22-alpine (1/5)
      web | RUN npm ci (4/7)
      web | npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory. Do not use it.
      web | npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported
      web | added 312 packages, and audited 313 packages in 4s
      web | 58 packages are looking for funding
      web |   run \`npm fund\` for details
      web | found 0 vulnerabilities
      worker | ✓ sha256:9f86d081884c
      web | ✓ sha256:2c26b46b68ff
    ✓ Build 2 images: web, worker (5.2s)
    Push 2 images…
      web | layer 1 of 4 (0 B of 45.1 MB)
      worker | layer 1 of 2 (0 B of 8 MB)
      worker | ✓ 2 layers, all there already
      web | ✓ 4 layers, 45.1 MB
    ✓ Push 2 images: 45.1 MB (3.1s)
    Release web, worker to example-app…
    ✓ Release web, worker to example-app: v42 (0.9s)
    Wait for v42 to come up…
      web.1 starting, worker.1 up (1/2)
      web.1 | Error: Cannot find module 'express'
      web.1 |     at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)
      web.1 | Process exited with status 1
    ✗ Wait for v42 to come up: web.1 crashed (status 1): Cannot find module 'express' (1.2s)
     ›   Warning: worker.1 ran v42 for 3 s before the rollback
    Undoing: Release web, worker to example-app…
    ↩ Undone: example-app runs v41 again as v43 (0.9s)

    example-app runs v41 again. The formation could not be put back.

    What is left:
      worker is scaled to 0.
        heroku ps:scale web=1:standard-1x worker=2:standard-2x scheduler=1:standard-1x mailer=3:standard-1x --app example-app
      Maintenance mode is still on.
        heroku maintenance:off --app example-app
    "
  `)
})

test('messages of several lines and foreign bytes do the log no harm', async () => {
  const lines = await transcript([
    [0, {type: 'step-started', step: 'a', title: 'Build web\u001B[2J'}],
    [0, {type: 'step-log', step: 'a', line: '\u001B[32mok\u001B[0m 10%\r50%\r100%'}],
    [0, {type: 'step-log', step: 'a', item: 'web', line: 'two\nlines'}],
    [0, {type: 'warning', message: 'first\nsecond'}],
    [0, {type: 'step-failed', step: 'a', title: 'Build web', ms: 65_000, message: 'exit code 1\n\n  stderr: no\n'}],
    [0, {type: 'undo-started', step: 'b', title: 'Scale worker to 0'}],
    [
      0,
      {
        type: 'undo-failed',
        step: 'b',
        title: 'Scale worker to 0',
        ms: 100,
        message: 'Can’t reach Heroku\ntried 5 times',
      },
    ],
    [0, {type: 'undo-succeeded', step: 'c', title: 'Turn maintenance on', ms: 100}],
  ])
  expect(lines).toMatchInlineSnapshot(`
    "Build web…
      100%
      web | two
      web | lines
     ›   Warning: first
     ›   second
    ✗ Build web: exit code 1 (1m 5s)

          stderr: no
    Undoing: Scale worker to 0…
    ✗ Could not undo "Scale worker to 0": Can’t reach Heroku (0.1s)
        tried 5 times
    ↩ Undone: Turn maintenance on (0.1s)
    "
  `)
})

describe('progress does not flood', () => {
  const said = (item: string, message: string, more = {}): Untimed<RunEvent> => ({
    type: 'step-progress',
    step: 'a',
    item,
    message,
    ...more,
  })

  test('one line per item every 5 s, and only for what is new', async () => {
    const lines = await transcript([
      [0, {type: 'step-started', step: 'a', title: 'Push'}],
      [0, said('web', 'layer 1', {current: 1, total: 4})],
      [0, said('worker', 'layer 1')],
      [4999, said('web', 'layer 2')],
      [1, said('web', 'layer 3')],
      [9000, said('web', 'layer 3', {current: 9, total: 10, unit: 'bytes'})],
      [1, said('web', 'pushed', {done: 'ok'})],
      [1, said('web', 'pushed', {done: 'ok'})],
      [1, {type: 'step-progress', step: 'a', item: 'worker', done: 'failed'}],
      [1, {type: 'step-progress', step: 'a', message: 'almost there'}],
    ])
    expect(lines).toMatchInlineSnapshot(`
      "Push…
        web | layer 1 (1/4)
        worker | layer 1
        web | layer 3
        web | ✓ pushed
        worker | ✗ layer 1
        almost there
      "
    `)
  })

  test('an hour of bytes is told by the heartbeat alone', async () => {
    const {clock, close, output, say} = plain()
    say({type: 'run-started', run: 'r', command: 'pipeline:ship', app: 'example-app'})
    say({type: 'step-started', step: 'a', title: 'Push 2 images'})
    for (let second = 0; second < 3600; second++) {
      await clock.advance(1000)
      say({type: 'step-progress', step: 'a', item: 'web', current: second * 1e6, total: 3600e6, unit: 'bytes'})
    }
    await close()
    expect(output().split('\n').slice(2, 4)).toEqual([
      '… still: Push 2 images (1m 0s): web 58 MB of 3.6 GB',
      '… still: Push 2 images (2m 0s): web 118 MB of 3.6 GB',
    ])
    expect(output().match(/still/g)).toHaveLength(60)
  })
})

describe('the heartbeat', () => {
  test('names what runs, and ends with the run', async () => {
    const {clock, close, output, say} = plain()
    say({type: 'run-started', run: 'r', command: 'pipeline:ship', app: 'example-app'})
    await clock.advance(61_000)
    say({type: 'step-started', step: 'a', title: 'Wait for v42 to come up'})
    await clock.advance(125_000)
    say({type: 'undo-started', step: 'a', title: 'Release web'})
    await clock.advance(60_000)
    say({type: 'run-ended', outcome: 'failed', exitCode: 1, message: 'v41 runs.', left: []})
    await clock.advance(600_000)
    await close()
    expect(output()).toMatchInlineSnapshot(`
      "Running pipeline:ship on example-app
      … still: pipeline:ship (1m 0s)
      Wait for v42 to come up…
      … still: Wait for v42 to come up (1m 0s)
      … still: Wait for v42 to come up (2m 0s)
      Undoing: Release web…
      … still: Undoing: Release web (1m 0s)

      v41 runs.
      "
    `)
  })

  test('is never silent for more than a minute while something runs', async () => {
    const pauses = fc.array(fc.integer({min: 0, max: 200_000}), {minLength: 1, maxLength: 12})
    await fc.assert(
      fc.asyncProperty(pauses, async (waits) => {
        const {clock, close, say, written} = plain()
        say({type: 'run-started', run: 'r', command: 'pipeline:ship', app: 'example-app'})
        say({type: 'step-started', step: 'a', title: 'Build'})
        for (const wait of waits) {
          await clock.advance(wait)
          say({type: 'step-log', step: 'a', line: 'x'})
        }
        await close()
        const gaps = written.map(({at}, index) => at - (written[index - 1]?.at ?? 0))
        expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000)
        const beats = written.filter(({text}) => text.includes('still'))
        expect(beats).toHaveLength(
          waits.reduce((sum, wait) => sum + Math.max(0, Math.ceil(wait / 60_000) - 1), 0) +
            waits.filter((wait) => wait > 0 && wait % 60_000 === 0).length,
        )
      }),
      {numRuns: 50},
    )
  })
})

test('without colour no escape codes, whole lines only, each end of a step once', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const {close, output, say, written} = plain()
      for (const event of events) say(event)
      void close()
      expect(output()).not.toMatch(/[^\n\P{Cc}]/u)
      expect(written.every(({text}) => text.endsWith('\n'))).toBe(true)
      const ends = (mark: string) =>
        output()
          .split('\n')
          .filter((line) => line.startsWith(mark)).length
      const of = (...types: string[]) => events.filter(({type}) => types.includes(type)).length
      expect(ends('✓ ')).toBe(of('step-succeeded'))
      expect(ends('✗ ')).toBe(of('step-failed', 'undo-failed'))
      expect(ends('↩ ')).toBe(of('undo-succeeded'))
    }),
  )
})

test('with colour the text is the same under the colours', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const [plainly, inColour] = [plain(), plain({colour: true})]
      for (const event of events) for (const {say} of [plainly, inColour]) say(event)
      void plainly.close()
      void inColour.close()
      // eslint-disable-next-line no-control-regex -- our own colours
      expect(inColour.output().replaceAll(/\u001B\[[\d;]*m|⬢ /g, '')).toBe(plainly.output().replaceAll('⬢ ', ''))
    }),
  )
})

test('a green end is left to the answer on stdout, but nothing that is left behind is', async () => {
  const end = {type: 'run-ended', outcome: 'done', exitCode: 0, message: 'v42 runs.'} as const
  expect(await transcript([[0, {...end, left: []}]])).toBe('')
  const left = [{what: 'Maintenance mode is still on.', command: 'heroku maintenance:off --app example-app'}]
  expect(await transcript([[0, {...end, left}]])).toBe(
    '\nWhat is left:\n  Maintenance mode is still on.\n    heroku maintenance:off --app example-app\n',
  )
})

test('what comes after the end is dropped', async () => {
  const {close, output, say} = plain()
  await close()
  say({type: 'warning', message: 'too late'})
  expect(output()).toBe('')
})
