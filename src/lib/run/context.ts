import type {Run} from './run.js'
import type {StepContext} from './step.js'

/** What a step works with: its command's services and the run's own means. */
export function contextOf<Services>(
  step: string,
  services: Services,
  run: Run,
  signal: AbortSignal,
): Services & StepContext {
  return {
    ...services,
    signal,
    // Read when it is asked: the signal may come while an undo is under way.
    get hurried() {
      return run.interruptedBy() !== undefined
    },
    clock: run.clock,
    log: (line, item) => run.emit({type: 'step-log', step, line, ...(item ? {item} : {})}),
    progress: (progress) => run.emit({type: 'step-progress', step, ...progress}),
    warn: (message) => run.emit({type: 'warning', message}),
    downtime: (down) => run.emit({type: 'downtime', down}),
    resultOf: (id) => run.results.get(id),
  }
}
