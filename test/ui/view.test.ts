import {expect, test} from 'vitest'

import type {RunEvent} from '../../src/lib/run/events.js'
import {busyStep, emptyView, KEPT_LINES, reduceView} from '../../src/lib/ui/view.js'
import {scenes} from './scenes.js'

const after = (events: RunEvent[]) => events.reduce(reduceView, emptyView)
const start: RunEvent[] = [
  {at: 0, type: 'run-started', run: 'r', command: 'pipeline:ship', app: 'example-app'},
  {
    at: 5,
    type: 'plan-started',
    plan: 'ship',
    steps: [
      {id: 'build', title: 'Build', pivot: false},
      {id: 'push', title: 'Push', pivot: false},
    ],
  },
  {at: 10, type: 'step-started', step: 'build', title: 'Build'},
]
const progress = (said: object, at = 20) =>
  ({at, type: 'step-progress', step: 'build', item: 'web', ...said}) as RunEvent
const web = (events: RunEvent[]) => busyStep(after([...start, ...events]))?.items.find(({name}) => name === 'web')

test('a step runs from its start on, the others wait', () => {
  const view = after(start)
  expect(busyStep(view)).toMatchObject({id: 'build', state: 'running', since: 10})
  expect(view.steps.map(({state}) => state)).toEqual(['running', 'pending'])
})

test('progress keeps what it does not name; a new message starts new numbers', () => {
  const fetched = progress({message: 'fetch', current: 3, total: 9, unit: 'bytes'})
  expect(web([fetched, progress({current: 5})])).toMatchObject({message: 'fetch', current: 5, total: 9, unit: 'bytes'})
  expect(web([fetched, progress({message: 'unpack'})])).toEqual({name: 'web', since: 20, message: 'unpack'})
})

test('an item ends with its time, and lives again when more is heard of it', () => {
  const ended = progress({done: 'ok'}, 50)
  expect(web([progress({message: 'x'}), ended])).toEqual({name: 'web', since: 20, message: 'x', done: 'ok', ms: 30})
  expect(web([progress({message: 'x'}), ended, progress({message: 'y'}, 60)])).toEqual({
    name: 'web',
    since: 20,
    message: 'y',
  })
})

test('a noisy item does not push out the log of another', () => {
  const quiet: RunEvent = {at: 20, type: 'step-log', step: 'build', item: 'worker', line: 'the reason'}
  const noise = Array.from({length: 300}, (_, index): RunEvent => ({
    at: 30,
    type: 'step-log',
    step: 'build',
    item: 'web',
    line: `${index}`,
  }))
  const log = busyStep(after([...start, quiet, ...noise]))?.log ?? []
  expect(log).toHaveLength(KEPT_LINES + 1)
  expect(log[0]).toEqual({item: 'worker', line: 'the reason'})
  expect(log.at(-1)).toEqual({item: 'web', line: '299'})
})

test('after a failure nothing is pending any more, and a step of an earlier plan can still be undone', () => {
  const view = after([
    ...start,
    {at: 20, type: 'plan-started', plan: 'second', steps: [{id: 'wait', title: 'Wait', pivot: false}]},
    {at: 20, type: 'step-started', step: 'wait', title: 'Wait'},
    {at: 30, type: 'step-failed', step: 'wait', title: 'Wait', ms: 10, message: 'no'},
    {at: 31, type: 'undo-started', step: 'push', title: 'Push'},
  ])
  expect(view.stopping).toBe(true)
  expect(busyStep(view)).toMatchObject({id: 'push', state: 'undoing', since: 31})
})

test('a whole run ends with every step done', () => {
  const view = after(scenes.ship.map(([, event]) => ({...event, at: 0}) as RunEvent))
  expect(view).toMatchObject({ended: true, stopping: false})
  expect(view.steps.map(({state}) => state)).toEqual(['done', 'done'])
})
