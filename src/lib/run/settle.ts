import {constants} from 'node:os'

import {contextOf} from './context.js'
import {messageOf, StepError, UndoError} from './errors.js'
import type {Left} from './events.js'
import type {ExitCode} from './exit-codes.js'
import type {Begun, Run} from './run.js'
import type {Verdict} from './runner.js'
import type {Plan, PolicyRow, Step} from './step.js'

/** GitHub Actions sends SIGTERM 7.5 s after SIGINT: what can be undone is undone before that. */
const HURRY_MS = 6500

/** What stopped the plan; nothing of both when a signal came between two steps. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Stop = {step?: Step<any, any, any>; error?: unknown}

/** An interruption before a pivot; a plan words its own for after one. */
const INTERRUPTED: PolicyRow = {
  when: 'interrupted',
  world: 'as it was before the run',
  action: 'undo',
  exit: 1,
  says: 'Interrupted; what was done has been undone.',
}

/** Applies the failure policy: undoes newest first or holds, and says what is so now. */
export async function settle<Services>(
  plan: Plan<Services>,
  services: Services,
  run: Run,
  stop: Stop,
): Promise<Verdict> {
  const signal = run.interruptedBy()
  const named = rowOf(plan, stop)
  const pastPivot = run.begun.some(({step}) => step.pivot) && !named.pastPivot
  const interrupted = pastPivot ? (plan.policy.interrupted ?? INTERRUPTED) : INTERRUPTED
  const row = signal ? interrupted : named
  const reason = signal ? `interrupted by ${signal}` : messageOf(stop.error)
  if (signal) tryWrite(run, {type: 'signal', signal})

  // Before a pivot a signal always ends undone, after one it never does: a person decides then.
  const held = signal ? pastPivot : row.action === 'hold'
  const known = stop.error instanceof StepError ? stop.error.left : undefined
  const left = held
    ? (known ?? run.left())
    : await undoAll(services, run, {backToPivot: pastPivot, hurried: signal !== undefined})

  const step = stop.step ? {step: stop.step.id} : {}
  // What the row says is true when its action went well.
  const message = held || left.length === 0 ? row.says : 'Not everything could be undone.'
  if (held || pastPivot || left.length > 0 || (!signal && row.exit === 4)) {
    return {outcome: 'held', exitCode: 4, ...step, reason, message, left}
  }

  return signal
    ? {outcome: 'interrupted', exitCode: exitCodeOf(signal), ...step, reason, message, left}
    : {outcome: 'failed', exitCode: 1, ...step, reason, message, left}
}

function rowOf<Services>(plan: Plan<Services>, {error, step}: Stop): PolicyRow {
  if (!step) return INTERRUPTED
  const key = error instanceof StepError ? error.failsAs : step.failsAs
  const row = plan.policy[key]
  if (!row) throw new Error(`plan ${plan.name} has no failure policy for ${key}`, {cause: error})
  return row
}

/** 128 + the number of the signal, as shells have it. */
function exitCodeOf(signal: NodeJS.Signals): ExitCode {
  return (128 + constants.signals[signal]) as ExitCode
}

/** Undoes newest first; one that fails does not stop the others. Returns what is left. */
async function undoAll<Services>(
  services: Services,
  run: Run,
  {backToPivot, hurried}: {backToPivot: boolean; hurried: boolean},
): Promise<Left[]> {
  const waits = new AbortController()
  // A signal that comes while undoing ends the waits at once; one that came before leaves the writes their time.
  const hurry = (): void => waits.abort(new Error('interrupted'))
  if (hurried) abortLater(waits, run)
  else run.signal.addEventListener('abort', hurry)
  const failed = new Map<Begun, Left>()

  for (const begun of [...run.begun].reverse()) {
    if (backToPivot && begun.step.pivot) break
    if (begun.undone) continue
    if (!begun.step.undo) {
      // A wait has nothing to take back; an effect without an undo is left, as its byHand says.
      begun.undone = !begun.step.byHand
      continue
    }

    const left = await undoOne(begun, services, run, waits.signal)
    if (left) failed.set(begun, left)
  }

  run.signal.removeEventListener('abort', hurry)
  waits.abort()
  return [...run.begun].reverse().flatMap((begun) => {
    const left =
      failed.get(begun) ?? (begun.undone ? undefined : begun.step.byHand?.(begun.seen, run.results.get(begun.step.id)))
    return left ? [left] : []
  })
}

async function undoOne<Services>(
  begun: Begun,
  services: Services,
  run: Run,
  signal: AbortSignal,
): Promise<Left | undefined> {
  const {seen, step} = begun
  const started = run.clock.now()
  const about = {step: step.id, title: step.title}
  tryWrite(run, {type: 'undo', step: step.id})
  run.emit({type: 'undo-started', ...about})
  try {
    const summary = await step.undo!(seen, contextOf(step.id, services, run, signal))
    begun.undone = true
    tryWrite(run, {type: 'undone', step: step.id, ok: true})
    run.emit({type: 'undo-succeeded', ...about, ms: run.clock.now() - started, ...(summary ? {summary} : {})})
    return undefined
  } catch (error) {
    const message = messageOf(error)
    tryWrite(run, {type: 'undone', step: step.id, ok: false, message})
    run.emit({type: 'undo-failed', ...about, ms: run.clock.now() - started, message})
    if (error instanceof UndoError) return error.left
    return step.byHand?.(seen, run.results.get(step.id)) ?? {what: `${step.title}: could not be undone`}
  }
}

/** Waits of a hurried undo end in time; the timer goes when the undo is over. */
function abortLater(controller: AbortController, run: Run): void {
  run.clock.sleep(HURRY_MS, controller.signal).then(
    () => controller.abort(new Error('no time left')),
    () => {},
  )
}

/** While undoing, a full disk must not keep us from undoing. */
function tryWrite(run: Run, entry: Parameters<Run['write']>[0]): void {
  try {
    run.write(entry)
  } catch {
    // Said already when the run began to write; the world matters more than the record now.
  }
}
