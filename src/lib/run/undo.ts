import {contextOf} from './context.js'
import {messageOf, UndoError} from './errors.js'
import type {Left} from './events.js'
import {type Begun, leftOfStep, type Run} from './run.js'

/** GitHub Actions sends SIGTERM 7.5 s after SIGINT: what can be undone is undone before that. */
const HURRY_MS = 6500

/** What undoing came to: what is left, and what the undos say of the world. */
export type Undone = {left: Left[]; undone: string[]}

/** Undoes newest first; one that fails does not stop the others. */
export async function undoAll<Services>(
  services: Services,
  run: Run,
  {backToPivot, hurried}: {backToPivot: boolean; hurried: boolean},
): Promise<Undone> {
  const waits = new AbortController()
  // A signal that comes while undoing ends the waits at once; one that came before leaves the writes their time.
  const hurry = (): void => waits.abort(new Error('interrupted'))
  if (hurried) abortLater(waits, run)
  else run.signal.addEventListener('abort', hurry)
  const failed = new Map<Begun, Left>()
  const undone: string[] = []

  for (const begun of [...run.begun].reverse()) {
    if (backToPivot && begun.step.pivot) break
    if (begun.undone) continue
    if (!begun.step.undo) {
      // A wait has nothing to take back; an effect without an undo is left, as its byHand says.
      begun.undone = !begun.step.byHand && !begun.left
      continue
    }

    const outcome = await undoOne(begun, services, run, waits.signal)
    if (typeof outcome === 'object') failed.set(begun, outcome)
    else if (outcome) undone.push(outcome)
  }

  run.signal.removeEventListener('abort', hurry)
  waits.abort()
  const left = [...run.begun].reverse().flatMap((begun) => {
    const stays = failed.get(begun)
    if (stays) return [stays]
    return begun.undone ? [] : leftOfStep(begun, run)
  })
  return {left, undone}
}

/** What the undo says when it is done, or what is left when it can't be. */
async function undoOne<Services>(
  begun: Begun,
  services: Services,
  run: Run,
  signal: AbortSignal,
): Promise<Left | string | void> {
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
    return summary
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
export function tryWrite(run: Run, entry: Parameters<Run['write']>[0]): void {
  try {
    run.write(entry)
  } catch {
    // Said already when the run began to write; the world matters more than the record now.
  }
}
