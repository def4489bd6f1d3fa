import {expect, it} from 'vitest'

import {runPlan} from '../../src/lib/run/runner.js'
import type {Step} from '../../src/lib/run/step.js'
import {memoryJournal, testRun} from './world.js'

it('tells what would be left of an effect before it begins, for whoever will only have the output', async () => {
  const {events, run} = testRun(memoryJournal())
  const told = () => events.flatMap((event) => (event.type === 'step-begun' ? event.left : []))
  const before: unknown[] = []
  const step: Step<object> = {
    id: 'open',
    title: 'Open',
    failsAs: 'undone',
    look: async () => 2,
    async run() {
      before.push(...told())
    },
    async undo() {},
    byHand: (seen) => ({what: 'The door is open.', command: `shut ${String(seen)}`}),
  }
  const wait: Step<object> = {id: 'wait', title: 'Wait', failsAs: 'undone', async run() {}}
  await runPlan({name: 'door', steps: [step, wait], policy: {}}, {}, run, null)
  expect(before).toEqual([{what: 'The door is open.', command: 'shut 2'}])
  expect(told()).toEqual(before)
})
