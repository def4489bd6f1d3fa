import type {Step} from '../run/step.js'
import type {Pivot} from './pivot.js'
import type {Rebuilt} from './rebuild.js'
import {isFinished, standing} from './standing.js'

/** What a person may choose where no choice is safe by itself. */
export type Way = 'resume' | 'rollback'

// Each step has its own Seen and Result; they are only handed round.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Steps = Array<Step<any, any, any>>

/**
 * What is done about a run. `undo`: everything, newest first. `choose`: a person must, among `may`; `why` says what they have to
 * know. `wait`: something goes on by itself. `settle`: nothing is left to do.
 */
export type Decision =
  | {do: 'choose'; why: string; may: Way[]}
  | {do: 'follow'; why: string}
  | {do: 'resume'; steps: Steps}
  | {do: 'settle' | 'undo'}
  | {do: 'wait'; why: string}

/** What a decision goes by. `closed`: the window that had been open is closed again, by whomever. */
type Known = {rebuilt: Rebuilt; pivot: Pivot; closed: boolean}

/**
 * Decides by what is known of the run; pure. Before a pivot everything is undone. A migration that its run did not fail at and that
 * has succeeded is gone on from, as that run would have done; any other, and a run that held, a person has to judge.
 */
export function decide({closed, pivot, rebuilt}: Known, asked?: Way): Decision {
  const {outcome, undoing} = rebuilt.story
  if (pivot.state === 'running') return {do: 'follow', why: pivot.why}
  if (pivot.state === 'pending') return {do: 'wait', why: pivot.why}
  if (asked === 'rollback') return {do: 'undo'}
  const steps = stepsToResume(rebuilt)
  if (isFinished(rebuilt) || (outcome && standing(rebuilt).length === 0)) return {do: 'settle'}
  if (closed && asked === undefined) return {do: 'settle'}
  const held = outcome?.outcome === 'held' && !undoing
  if (pivot.state === 'none' && !held) {
    if (asked !== 'resume') return {do: 'undo'}
    return {do: 'choose', why: 'Nothing was migrated: there is nothing to go on from.', may: ['rollback']}
  }

  const known = pivot.state === 'none' ? (outcome?.message.split('\n')[0] ?? '') : pivot.why
  const goesOn = pivot.state !== 'absent' && !(pivot.state === 'failed' && pivot.step === 'release')
  // Whoever said so could not know how the migration would turn out.
  const isNews = 'news' in pivot
  if (asked === 'resume' && goesOn && !isNews) return {do: 'resume', steps}
  if (asked === undefined && pivot.state === 'succeeded' && !undoing && !failedElsewhere(rebuilt))
    return {do: 'resume', steps}
  return {do: 'choose', why: known, may: goesOn ? ['resume', 'rollback'] : ['rollback']}
}

/** Whether a step after the migration has failed, or was interrupted by somebody who may not want it. */
const failedElsewhere = ({begun, story}: Rebuilt): boolean =>
  story.outcome !== undefined && begun.at(-1)?.step.pivot !== true

/**
 * The steps from the one after a failed or interrupted migration, which is never run a second time, or from any other step that
 * did not end well; and what closes the openers that stand.
 */
function stepsToResume({begun, plan, results}: Rebuilt): Steps {
  const {steps} = plan
  const last = steps.findLastIndex(({id}) => begun.some(({step}) => step.id === id))
  const over = last !== -1 && (results.has(steps[last]!.id) || steps[last]!.pivot)
  const start = over ? last + 1 : last
  const open = new Set(begun.filter(({undone}) => !undone).map(({step}) => step.id))
  return steps.filter(({restores}, index) => index >= start || (restores !== undefined && open.has(restores)))
}
