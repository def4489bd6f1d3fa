import type {Clock} from '../../src/lib/run/clock.js'
import type {RunEvent} from '../../src/lib/run/events.js'
import type {Journal, JournalEntry} from '../../src/lib/run/journal.js'
import {createRedactor} from '../../src/lib/run/redact.js'
import {beginRun, type Run} from '../../src/lib/run/run.js'
import type {Plan, PolicyRow, Step} from '../../src/lib/run/step.js'

/** A world small enough to compare: numbered switches. */
export type World = number[]
export type Moment = 'after' | 'before' | 'half' | 'look'

export type Scenario = {
  steps: number
  /** Index of the pivot, or none. */
  pivot?: number
  fails?: {step: number; moment: Moment; as?: string}
  /** A signal while this step runs, before or after its effect. */
  signal?: {step: number; moment: 'after' | 'before'}
  undoFails?: number[]
}

const rows: Record<string, PolicyRow> = {
  undo: {when: 'a step fails', world: 'as before', action: 'undo', exit: 1, says: 'Undone.'},
  hold: {when: 'the pivot fails', world: 'half way', action: 'hold', exit: 4, says: 'Held.'},
  noEffect: {
    when: 'the pivot was refused',
    world: 'as before',
    action: 'undo',
    exit: 1,
    pastPivot: true,
    says: 'Undone.',
  },
  interrupted: {when: 'interrupted', world: 'as before', action: 'hold', exit: 4, says: 'Interrupted.'},
}

export const testClock = (): Clock => {
  let now = 1_700_000_000_000
  return {
    now: () => now++,
    async sleep(ms, signal) {
      now += ms
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
    },
  }
}

export function memoryJournal(fail?: (entry: JournalEntry) => boolean): Journal & {entries: JournalEntry[]} {
  const entries: JournalEntry[] = []
  return {
    entries,
    write(entry) {
      if (fail?.(entry)) throw new Error('No space left on device')
      entries.push(structuredClone(entry))
    },
    close() {},
  }
}

/** Steps that each turn one switch from 0 to 1 (half way: to 0.5), with an undo that restores what was seen. */
export function scenarioPlan(scenario: Scenario, world: World, run: () => Run): Plan<object> {
  const steps = Array.from({length: scenario.steps}, (_, index): Step<object, {was: number}, number> => {
    const fails = scenario.fails?.step === index ? scenario.fails : undefined
    const trips = (moment: string) => scenario.signal?.step === index && scenario.signal.moment === moment
    const stop = (moment: Moment) => {
      if (fails?.moment === moment) throw new Error(`step ${index} fails ${moment}`)
    }

    return {
      id: `s${index}`,
      title: `Turn switch ${index} on`,
      ...(scenario.pivot === index ? {pivot: true} : {}),
      failsAs: fails?.as ?? (scenario.pivot !== undefined && index >= scenario.pivot ? 'hold' : 'undo'),
      async look() {
        stop('look')
        return {was: world[index]!}
      },
      async run() {
        stop('before')
        if (trips('before')) run().interrupt('SIGINT')
        world[index] = 0.5
        await Promise.resolve()
        stop('half')
        world[index] = 1
        if (trips('after')) run().interrupt('SIGTERM')
        stop('after')
        return index
      },
      async undo({was}) {
        if (scenario.undoFails?.includes(index)) throw new Error(`undo ${index} fails`)
        world[index] = was
      },
      byHand: ({was}) => ({what: `switch ${index} is on`, command: `turn ${index} ${was}`}),
    }
  })
  return {name: 'test', steps, policy: rows}
}

export function testRun(journal: Journal = memoryJournal()): {run: Run; events: RunEvent[]} {
  const events: RunEvent[] = []
  const run = beginRun({
    id: 'r1',
    clock: testClock(),
    journal,
    redact: createRedactor(['top-secret-token']),
    onEvent: (event) => events.push(event),
  })
  return {run, events}
}
