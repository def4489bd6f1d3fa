import {contextOf} from './context.js'
import {messageOf, StepError} from './errors.js'
import type {Left, Outcome} from './events.js'
import type {RunExitCode} from './exit-codes.js'
import type {Run} from './run.js'
import {settle} from './settle.js'
import type {Json, Plan, Step} from './step.js'

/** How a plan ended. Anything but `done` is final: the world has been undone or is held as the policy says. */
export type Verdict =
  | {outcome: 'done'}
  | {
      outcome: Exclude<Outcome, 'done' | 'refused' | 'unchanged'>
      exitCode: RunExitCode
      /** The step that failed or was interrupted; undefined when the signal came between two. */
      step?: string
      /** Why it failed, in the words of what failed. */
      reason: string
      /** What is true now. */
      message: string
      left: Left[]
    }

/**
 * Runs a plan: look, journal, run, step by step. When a step fails, the world is undone or held as the plan's policy says,
 * and the verdict tells; it throws only for bugs of ours. `input` is what the plan was made from besides the run's facts.
 */
export async function runPlan<Services>(
  plan: Plan<Services>,
  services: Services,
  run: Run,
  input: Json,
): Promise<Verdict> {
  run.write({type: 'plan', plan: plan.name, steps: plan.steps.map((step) => step.id), input})
  const steps = plan.steps.map(({id, pivot, title}) => ({id, title, pivot: pivot ?? false}))
  run.emit({type: 'plan-started', plan: plan.name, steps})

  for (const step of plan.steps) {
    if (run.interruptedBy()) return settle(plan, services, run, {})
    const started = run.clock.now()
    run.emit({type: 'step-started', step: step.id, title: step.title})
    try {
      const result = await runStep(step, services, run)
      const summary = step.summary?.(result)
      const ms = run.clock.now() - started
      run.emit({type: 'step-succeeded', step: step.id, title: step.title, ms, ...(summary ? {summary} : {})})
    } catch (error) {
      const ms = run.clock.now() - started
      run.emit({type: 'step-failed', step: step.id, title: step.title, ms, message: messageOf(error)})
      return settle(plan, services, run, {step, error})
    }
  }

  // The last effect has settled: an interruption that came with it is answered like one between two steps.
  return run.interruptedBy() ? settle(plan, services, run, {}) : {outcome: 'done'}
}

async function runStep<Services>(step: Step<Services>, services: Services, run: Run): Promise<Json> {
  const ctx = contextOf(step.id, services, run, run.signal)
  const seen = (await step.look?.(ctx)) ?? null
  run.signal.throwIfAborted()
  run.write({type: 'begin', step: step.id, seen})
  run.begun.push({step, seen, undone: false})
  const left = step.undo && step.byHand?.(seen)
  if (left) run.emit({type: 'step-begun', step: step.id, left: [left]})
  try {
    const result = (await step.run(seen, ctx)) ?? null
    run.results.set(step.id, result)
    noteEnd(run, {type: 'end', step: step.id, ok: true, result})
    for (const begun of run.begun) if (begun.step.id === step.restores) begun.undone = true
    return result
  } catch (error) {
    const failsAs = error instanceof StepError ? error.failsAs : step.failsAs
    if (error instanceof StepError) noteStanding(error, step.id, run)
    const standing = error instanceof StepError && error.standing.length > 0 ? {standing: error.standing} : {}
    noteEnd(run, {type: 'end', step: step.id, ok: false, failsAs, message: messageOf(error), ...standing})
    throw error
  }
}

/** How the failed step, and those before it of which it knows, stand now. */
function noteStanding({insteadOf, left, standing}: StepError, failed: string, {begun}: Run): void {
  for (const one of begun) {
    const {id} = one.step
    if (standing.includes(id)) one.undone = false
    if (insteadOf.includes(id)) one.left = []
    if (id === failed && left) one.left = left
  }
}

/** An end that cannot be written must not turn a done effect into a failure: whoever reads the journal looks at the world. */
function noteEnd(run: Run, entry: Parameters<Run['write']>[0]): void {
  try {
    run.write(entry)
  } catch (error) {
    run.emit({type: 'warning', message: `Can't write to the journal: ${messageOf(error)}`})
  }
}
