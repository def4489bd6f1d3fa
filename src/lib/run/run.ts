import {setMaxListeners} from 'node:events'

import type {Clock} from './clock.js'
import type {Emit, Left, RunEvent} from './events.js'
import type {Journal, JournalEntry} from './journal.js'
import type {Redact} from './redact.js'
import {redactJson} from './redact.js'
import type {Json, Step} from './step.js'

/** A step that has begun, with what was seen before. */
export type Begun = {
  // Steps of different kinds stand in one row; the runner only hands their own `seen` back to them.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  step: Step<any, any, any>
  seen: Json
  undone: boolean
  /** What its failure, or that of a later step, said of what is left of it, instead of its `byHand`. */
  left?: Left[]
}

/** One run: what has begun, what came of it, and the way to interrupt it. Two plans may run in it, one after the other. */
export interface Run {
  id: string
  clock: Clock
  emit: Emit
  /** Aborts at the first signal. */
  signal: AbortSignal
  /** The signal that came, if any. */
  interruptedBy(): NodeJS.Signals | undefined
  /** First call: waits end and the run undoes or holds. */
  interrupt(signal: NodeJS.Signals): void
  write(entry: JournalEntry): void
  begun: Begun[]
  results: Map<string, Json>
  /** What would stay behind if the process ended now, most urgent first. */
  left(): Left[]
}

/** Starts a run. Everything it emits or journals goes through `redact` here, so no step has to think of it. */
export function beginRun(options: {
  id: string
  clock: Clock
  journal: Journal
  redact: Redact
  onEvent(event: RunEvent): void
}): Run {
  const {clock, id, journal, onEvent, redact} = options
  const controller = new AbortController()
  // Many listen at a time; Node would warn the user of a leak.
  setMaxListeners(0, controller.signal)
  let signalled: NodeJS.Signals | undefined

  const run: Run = {
    id,
    clock,
    signal: controller.signal,
    begun: [],
    results: new Map(),
    interruptedBy: () => signalled,
    emit: (event) => onEvent(redactJson({at: clock.now(), ...event} as RunEvent, redact)),
    write: (entry) => journal.write(redactJson(entry, redact)),
    interrupt(signal) {
      if (signalled) return
      signalled = signal
      const past = run.begun.some(({step}) => step.pivot)
      const message = past
        ? 'Stopping here: there is no blind way back.'
        : `Undoing what was done.${signal === 'SIGINT' ? ' Press again to leave at once.' : ''}`
      run.emit({type: 'signalled', signal, message})
      controller.abort(new Error(`interrupted by ${signal}`))
    },
    left: () => leftOf(run),
  }
  return run
}

function leftOf(run: Run): Left[] {
  return [...run.begun].reverse().flatMap((begun) => (begun.undone ? [] : leftOfStep(begun, run)))
}

/** What is left of a step whose effect stays. */
export function leftOfStep({left, seen, step}: Begun, {results}: Run): Left[] {
  return left ?? [step.byHand?.(seen, results.get(step.id)) ?? []].flat()
}
