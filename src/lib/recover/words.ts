import type {RunStory} from '../run/run-story.js'
import type {Rebuilt} from './rebuild.js'

/** `The pipeline:ship of 2026-11-21 03:20 UTC`. */
export function whenAndWhat({at, command}: Pick<RunStory, 'at' | 'command'>): string {
  return `The ${command} of ${at.slice(0, 16).replace('T', ' ')} UTC`
}

/** What was found of a run: a sentence. */
export function foundWords({plan, story}: Rebuilt): string {
  const {outcome, steps} = story
  const last = steps.at(-1)
  const title = plan.steps.find(({id}) => id === last?.step)?.title ?? last?.step
  if (outcome) return `${whenAndWhat(story)} holds: ${outcome.message.split('\n')[0]}`
  const where = last === undefined ? 'before it began' : last.ended === 'ok' ? `after "${title}"` : `at "${title}"`
  return `${whenAndWhat(story)} was killed ${where}.`
}
