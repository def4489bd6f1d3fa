import {constants} from 'node:os'

import {messageOf, StepError} from './errors.js'
import type {RunExitCode} from './exit-codes.js'
import type {Run} from './run.js'
import type {Verdict} from './runner.js'
import type {Plan, PolicyRow, Step} from './step.js'
import {tryWrite, undoAll} from './undo.js'

/** What stopped the plan; nothing of both when a signal came between two steps. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Stop = {step?: Step<any, any, any>; error?: unknown}

/** An interruption before a pivot; a plan words its own for after one. */
const INTERRUPTED: PolicyRow = {
  when: 'interrupted',
  world: 'as it was before the run',
  action: 'undo',
  exit: 1,
  says: 'Interrupted; nothing had been changed.',
}

/** A pivot that failed before it began, as when the journal can't be written: nothing of it happened. */
const NOT_BEGUN: PolicyRow = {
  when: 'the migration is not begun',
  world: 'as it was before the run',
  action: 'undo',
  exit: 1,
  says: 'It was not begun; everything is as it was before.',
}

/** Applies the failure policy: undoes newest first or holds, and says what is so now. */
export async function settle<Services>(
  plan: Plan<Services>,
  services: Services,
  run: Run,
  stop: Stop,
): Promise<Verdict> {
  const signal = run.interruptedBy()
  const named = rowOf(plan, run, stop)
  const pastPivot = run.begun.some(({step}) => step.pivot) && !named.pastPivot
  const interrupted = pastPivot ? (plan.policy.interrupted ?? INTERRUPTED) : INTERRUPTED
  const row = signal ? interrupted : named
  const reason = signal ? `interrupted by ${signal}` : messageOf(stop.error)
  if (signal) tryWrite(run, {type: 'signal', signal})

  // Before a pivot a signal always ends undone, after one it never does: a person decides then.
  const held = signal ? pastPivot : row.action === 'hold'
  const {left, undone} = held
    ? {left: run.left(), undone: []}
    : await undoAll(services, run, {backToPivot: pastPivot, hurried: signal !== undefined})

  const step = stop.step ? {step: stop.step.id} : {}
  const wellDone = signal && !held && undone.length > 0 ? `Interrupted; ${undone.join('; ')}.` : row.says
  // What the row says is true when its action went well.
  const message = held || left.length === 0 ? wellDone : 'Not everything could be undone.'
  if (held || pastPivot || left.length > 0 || (!signal && row.exit === 4)) {
    return {outcome: 'held', exitCode: 4, ...step, reason, message, left}
  }

  return signal
    ? {outcome: 'interrupted', exitCode: exitCodeOf(signal), ...step, reason, message, left}
    : {outcome: 'failed', exitCode: 1, ...step, reason, message, left}
}

function rowOf<Services>(plan: Plan<Services>, run: Run, {error, step}: Stop): PolicyRow {
  if (!step) return INTERRUPTED
  const key = error instanceof StepError ? error.failsAs : step.failsAs
  const row = plan.policy[key]
  if (!row) throw new Error(`plan ${plan.name} has no failure policy for ${key}`, {cause: error})
  return step.pivot && row.action === 'hold' && !run.begun.some(({step}) => step.pivot) ? NOT_BEGUN : row
}

/** 128 + the number of the signal, as shells have it. */
function exitCodeOf(signal: NodeJS.Signals): RunExitCode {
  return (128 + constants.signals[signal]) as RunExitCode
}
