import type {Session} from '../command/session.js'
import {messageOf} from '../run/errors.js'
import type {Left} from '../run/events.js'
import type {RunExitCode} from '../run/exit-codes.js'
import {type Begun, leftOfStep, type Run} from '../run/run.js'
import type {Verdict} from '../run/runner.js'
import type {Json} from '../run/step.js'
import {tryWrite} from '../run/undo.js'
import {lastLines, type RunReport, summarize} from './report.js'
import {recoverCommand} from './words.js'

/** How a run ended, before it is told. */
export type End = {
  outcome: 'done' | 'failed' | 'held' | 'interrupted' | 'unchanged'
  exitCode: RunExitCode
  message: string
  left: Left[]
  step?: string
  reason?: string
}

/** The words of a command about its own failure: "Not shipped", "Nothing was released.". */
export type Words = {not: string; nothing: string}

/**
 * A run from its journal to its report. Everything that goes wrong in `conduct` is in the report, exit code included; it throws
 * Refused only, when there can be no journal.
 */
export async function conductRun(
  about: {
    app: string
    facts: Json
    notes: string[]
    words: Words
    /** What it leaves is what `pipeline:recover` puts right. */
    recovers?: boolean
    /** Comes before everything else; an end of it is the end of the run. */
    before?: (run: Run) => Promise<End | undefined>
    /** Told how it ended before anybody else is; changes nothing of it. */
    after?: (end: End, run: Run) => Promise<void>
  },
  session: Session,
  conduct: (run: Run) => Promise<End>,
): Promise<{run: Run; report: RunReport}> {
  const {after, app, before, facts, notes, recovers, words} = about
  const run = await session.begin(app, facts)
  for (const message of notes) run.emit({type: 'note', message})

  const all = async (): Promise<End> => (await before?.(run)) ?? conduct(run)
  const end = await all().catch((error: unknown) => endOfBug(error, run, words))

  await after?.(end, run)
  const {exitCode, left, outcome} = end
  // Of what a step has its own word for, such as somebody else's release, nothing can be taken back.
  const goesOn = recovers && outcome === 'held' && run.begun.some((one) => isToUndo(one, run))
  const message = goesOn ? `${end.message}\n${goOn(app, session)}` : end.message
  // A full disk changes nothing of how it ended.
  tryWrite(run, {type: 'outcome', outcome, exitCode, message})
  run.emit({type: 'run-ended', outcome, exitCode, message, left})
  const last = session.events.at(-1)
  // From the event, not from `end`: it has been through the redactor.
  const told = last?.type === 'run-ended' ? last : {message: '', left: []}
  const report: RunReport = {
    outcome,
    exitCode,
    app,
    message: told.message,
    run: run.id,
    ...summarize(session.events),
    ...errorOf(end, session),
    left: told.left,
    ...(session.journal() ? {journal: session.journal()!} : {}),
  }
  return {run, report}
}

const isToUndo = (one: Begun, run: Run): boolean =>
  !one.undone && one.step.undo !== undefined && leftOfStep(one, run).length > 0

function goOn(app: string, {namedJournal}: Session): string {
  const journal = namedJournal === undefined ? {} : {journal: namedJournal}
  return `To go on from here, or back: ${recoverCommand(app, journal)}`
}

/** The end of a plan that did not come to its own. */
export function endOf(verdict: Exclude<Verdict, {outcome: 'done'}>, {not}: Words): End {
  const {exitCode, left, outcome, reason, step} = verdict
  // The last lines stand alone in a long log: what failed belongs to them.
  const failed = outcome === 'failed' ? `${not}: ${reason}\n` : `Stopped: ${reason}\n`
  const message = outcome === 'interrupted' ? verdict.message : failed + verdict.message
  return {outcome, exitCode, left, message, reason, ...(step ? {step} : {})}
}

/** What no step answers for: a bug of ours, or a journal that can't be written between two plans. Whatever stays is said. */
function endOfBug(error: unknown, run: Run, {not, nothing}: Words): End {
  const reason = messageOf(error)
  const left = run.left()
  if (left.length > 0) return {outcome: 'held', exitCode: 4, message: `Stopped: ${reason}`, left, reason}
  return {outcome: 'failed', exitCode: 1, message: `${not}: ${reason}\n${nothing}`, left, reason}
}

function errorOf({reason, step}: End, {events, redact}: Session): Pick<RunReport, 'error'> {
  if (!reason) return {}
  const lines = step ? lastLines(events, step) : []
  return {error: {reason: redact(reason), ...(step ? {step} : {}), ...(lines.length > 0 ? {lines} : {})}}
}
