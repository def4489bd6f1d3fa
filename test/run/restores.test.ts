import {describe, expect, it} from 'vitest'

import {StepError} from '../../src/lib/run/errors.js'
import {runPlan} from '../../src/lib/run/runner.js'
import type {PolicyRow, Step} from '../../src/lib/run/step.js'
import {memoryJournal, testRun} from './world.js'

const row = (action: 'hold' | 'undo', exit: 1 | 4): PolicyRow => ({when: '', world: '', action, exit, says: 'So.'})
const policy = {undone: row('undo', 1), held: row('hold', 4)}

/** A door that is opened and shut again by two steps; `fails` comes after them. */
async function play(fails: {failsAs: string; standing?: string[]; closes?: boolean}) {
  const door = {open: false, undos: 0}
  const opener: Step<object> = {
    id: 'open',
    title: 'Open',
    failsAs: 'undone',
    async run() {
      door.open = true
    },
    async undo() {
      door.open = false
      door.undos += 1
    },
    byHand: () => ({what: 'The door is open.', command: 'shut'}),
  }
  const closer: Step<object> = {
    id: 'close',
    title: 'Close',
    failsAs: 'undone',
    restores: 'open',
    async run() {
      if (fails.closes === false) throw new Error('it is stuck')
      door.open = false
    },
  }
  const last: Step<object> = {
    id: 'last',
    title: 'Fail',
    failsAs: fails.failsAs,
    async run() {
      if (fails.standing) door.open = true
      throw new StepError(fails.failsAs, 'no', {standing: fails.standing ?? []})
    },
  }
  const {run} = testRun(memoryJournal())
  const verdict = await runPlan({name: 'door', steps: [opener, closer, last], policy}, {}, run, null)
  return {door, verdict}
}

describe('a step that restores another', () => {
  it('leaves nothing of it to undo, and nothing to tell', async () => {
    const undone = await play({failsAs: 'undone'})
    expect(undone).toMatchObject({door: {open: false, undos: 0}, verdict: {outcome: 'failed', left: []}})
    expect(await play({failsAs: 'held'})).toMatchObject({verdict: {outcome: 'held', left: []}})
  })

  it('and fails has restored nothing', async () => {
    const {door, verdict} = await play({failsAs: 'undone', closes: false})
    expect(door).toEqual({open: false, undos: 1})
    expect(verdict).toMatchObject({outcome: 'failed', left: []})
  })

  it('counts for nothing when the effect stands again', async () => {
    const held = await play({failsAs: 'held', standing: ['open']})
    expect(held.verdict).toMatchObject({left: [{what: 'The door is open.', command: 'shut'}]})
    const undone = await play({failsAs: 'undone', standing: ['open']})
    expect(undone).toMatchObject({door: {open: false, undos: 1}, verdict: {outcome: 'failed', left: []}})
  })
})
