import {afterEach, beforeEach, expect, it, vi} from 'vitest'

import {readState} from '../../src/lib/app/read-state.js'
import {chooseTypes} from '../../src/lib/migrate/choose-types.js'
import {readWindowBasics} from '../../src/lib/migrate/read-window-basics.js'
import {systemClock} from '../../src/lib/run/clock.js'
import {platformAt, TOKEN} from '../heroku/heroku-client.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {processType} from '../ship/facts.js'

const formation = [
  processType('web', 2),
  processType('worker', 3),
  processType('clock', 1),
  processType('mailer', 0),
  processType('release', 1),
]
const choose = (more: Partial<Parameters<typeof chooseTypes>[0]> = {}) =>
  chooseTypes({formation, scaleDown: [], keepUp: [], space: false, ...more})

it('everything that runs goes down, save web', () => {
  expect(choose()).toEqual({down: {worker: 3, clock: 1}, keptUp: ['web'], reasons: [], notes: []})
})

it('--keep-up leaves one up, which is said', () => {
  const {down, keptUp, notes} = choose({keepUp: ['clock']})
  expect({down, keptUp}).toEqual({down: {worker: 3}, keptUp: ['web', 'clock']})
  expect(notes).toEqual(['clock stays up and may write during the migration; it is restarted after it.'])
})

it('--scale-down takes web along, and leaves nothing up that was not named', () => {
  expect(choose({scaleDown: ['worker', 'web']})).toMatchObject({
    down: {web: 2, worker: 3, clock: 1},
    keptUp: [],
    notes: ['clock goes to 0 as well: --keep-up clock leaves it up.'],
  })
  expect(choose({scaleDown: ['web']})).toMatchObject({down: {web: 2, worker: 3, clock: 1}, notes: []})
})

it('web of a Private Space stays up: asking for it is a reason to refuse', () => {
  const {down, reasons} = choose({scaleDown: ['web'], space: true})
  expect(down).not.toHaveProperty('web')
  expect(reasons).toHaveLength(1)
  expect(choose({space: true}).reasons).toEqual([])
})

it('unknown types and contradictions are reasons, types at 0 are notes', () => {
  const {notes, reasons} = choose({scaleDown: ['wroker', 'mailer', 'release', 'clock'], keepUp: ['clock', 'sidekiq']})
  expect(reasons.map(({message}) => message)).toEqual([
    '--scale-down wroker: there is no such process type.',
    '--scale-down release: there is no such process type.',
    '--keep-up sidekiq: there is no such process type.',
    'clock is named by both --scale-down and --keep-up.',
  ])
  expect(notes).toContain('--scale-down mailer: it is at 0 already, and stays there.')
})

it('a type goes down or stays up, never both, whatever was asked', () => {
  for (const keepUp of [[], ['web'], ['worker'], ['worker', 'clock']]) {
    for (const scaleDown of [[], ['web'], ['worker', 'web']]) {
      const {down, keptUp} = choose({keepUp, scaleDown})
      expect([...Object.keys(down), ...keptUp].sort()).toEqual(['clock', 'web', 'worker'])
    }
  }
})

let local: LocalHeroku
beforeEach(async () => {
  local = await startPlatform({speed: 20, apiKey: TOKEN, exampleApp: true})
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await local.stop()
})

it('who else may write is told, without a value of any config var', async () => {
  const platform = platformAt(local.url, {clock: systemClock})
  const app = 'example-app'
  await local.settled(app)
  const read = async () => {
    const {dynos, ...state} = await readState(platform, app)
    const configVars = platform.configVars(app)
    return readWindowBasics(platform, {app, state, dynos, configVars, scaleDown: [], keepUp: []})
  }

  expect(await read()).toEqual({down: {worker: 2}, keptUp: ['web'], preboot: false, reasons: [], notes: []})

  const {name} = await platform.createDyno(app, {command: 'sleep 60 # topsecret', attach: false, type: 'worker'})
  await platform.setFeature(app, 'preboot', true)
  const headers = {
    Accept: 'application/vnd.heroku+json; version=3',
    Authorization: `Bearer ${TOKEN}`,
    'Content-Type': 'application/json',
  }
  const url = (path: string) => new URL(`/apps/${app}${path}`, local.url)
  const page = JSON.stringify({MAINTENANCE_PAGE_URL: 'https://example.com/topsecret'})
  await fetch(url('/config-vars'), {method: 'PATCH', headers, body: page})
  await fetch(url('/addons'), {method: 'POST', headers, body: JSON.stringify({plan: 'scheduler:standard'})})
  const {notes, preboot} = await read()
  expect(preboot).toBe(true)
  expect(notes).toEqual([
    expect.stringMatching(/^Heroku Scheduler is attached/),
    expect.stringContaining(`${name} runs and goes on during the window`),
    expect.stringContaining('MAINTENANCE_PAGE_URL'),
  ])
  expect(notes.join(' ')).not.toContain('topsecret')
})
