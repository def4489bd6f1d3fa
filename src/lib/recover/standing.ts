import type {Begun} from '../run/run.js'
import type {Rebuilt} from './rebuild.js'

/** What a run began and what stands of it, in the order in which it began. */
export function standing({begun}: Pick<Rebuilt, 'begun'>): Begun[] {
  return begun.filter(({step, undone}) => !undone && (step.undo !== undefined || step.byHand !== undefined))
}

/** Openers of the window that stand: as long as one does, the app is not as it was found. */
export function standingOpeners({begun, plan}: Pick<Rebuilt, 'begun' | 'plan'>): Begun[] {
  const openers = new Set(plan.steps.flatMap(({restores}) => restores ?? []))
  return begun.filter(({step, undone}) => !undone && openers.has(step.id))
}

/** Every step of its plans came to a good end: only saying so is left. */
export function isFinished({plan, results, story}: Rebuilt): boolean {
  return story.plans.length > 0 && plan.name !== 'build' && plan.steps.every(({id}) => results.has(id))
}

/**
 * Whether a run waits for somebody to put it right: killed with an effect that stands, or held with its window open. What is
 * held without a window, such as a release whose dynos crash, is put right by the next ship as well.
 */
export function isOpen(rebuilt: Rebuilt): boolean {
  const {outcome, settledBy} = rebuilt.story
  if (settledBy !== undefined || isFinished(rebuilt)) return false
  if (outcome) return outcome.outcome === 'held' && standingOpeners(rebuilt).length > 0
  return standing(rebuilt).length > 0
}

/** Whether a run left something and holds: with or without a window, whoever asks may go back. */
export function isHeld(rebuilt: Rebuilt): boolean {
  const {outcome, settledBy} = rebuilt.story
  return settledBy === undefined && outcome?.outcome === 'held' && standing(rebuilt).length > 0
}
