import type {Run} from './run.js'
import type {StepContext} from './step.js'

/** What a step works with: its command's services and the run's own means. */
export function contextOf<Services>(
  step: string,
  services: Services,
  run: Run,
  mode: {signal: AbortSignal; hurried: boolean},
): Services & StepContext {
  return {
    ...services,
    ...mode,
    clock: run.clock,
    log: (line, item) => run.emit({type: 'step-log', step, line, ...(item ? {item} : {})}),
    progress: (progress) => run.emit({type: 'step-progress', step, ...progress}),
    warn: (message) => run.emit({type: 'warning', message}),
    resultOf: (id) => run.results.get(id),
  }
}
