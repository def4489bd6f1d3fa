import type {Left, Outcome, RunEvent} from '../run/events.js'
import type {RunExitCode} from '../run/exit-codes.js'
import type {Reason} from './refused.js'

/** What `--json` prints of any run: one object, on success and on failure. Durations in ms. */
export type RunReport = {
  outcome: Outcome | 'planned'
  exitCode: RunExitCode
  app: string
  message: string
  run?: string
  phases?: Array<{step: string; title: string; ms: number; ok: boolean}>
  /** How long the site was in maintenance because of this run, as measured from here; it still is when `maintenance` is left. */
  downtimeMs?: number
  /** `lines`: the last output of the step that failed, at most 100. */
  error?: {step?: string; reason: string; lines?: string[]}
  reasons?: Reason[]
  /** What stays behind, most urgent first; empty when the app is as it should be. */
  left: Left[]
  /** Notes of preflight and warnings of the run, in the order in which they came. */
  warnings?: string[]
  journal?: string
}

/** What the events of a run add up to. */
export function summarize(events: RunEvent[]): Pick<RunReport, 'downtimeMs' | 'phases' | 'warnings'> {
  const downtimeMs = downtimeOf(events)
  return {
    phases: events.flatMap((event) =>
      event.type === 'step-succeeded' || event.type === 'step-failed'
        ? [{step: event.step, title: event.title, ms: event.ms, ok: event.type === 'step-succeeded'}]
        : [],
    ),
    ...(downtimeMs === undefined ? {} : {downtimeMs}),
    warnings: events.flatMap((event) => (event.type === 'warning' || event.type === 'note' ? [event.message] : [])),
  }
}

/** From the first time the site went down to the last time it came back, or to the end when it is down. */
function downtimeOf(events: RunEvent[]): number | undefined {
  const begin = events.find((event) => event.type === 'downtime' && event.down)
  const last = events.findLast((event) => event.type === 'downtime')
  const end = last?.down ? events.at(-1) : last
  return begin && end ? Math.max(0, end.at - begin.at) : undefined
}

/**
 * The last lines that a step printed: what a failed build or release phase has to say. Of several items only the failed ones
 * count: a build that goes on must not push out why the other failed.
 */
export function lastLines(events: RunEvent[], step: string): string[] {
  const ofStep = events.filter((event) => 'step' in event && event.step === step)
  const failed = ofStep.flatMap((event) =>
    event.type === 'step-progress' && event.done === 'failed' ? [event.item] : [],
  )
  const lines = ofStep.flatMap((event) => (event.type === 'step-log' ? [event] : []))
  const telling = failed.length > 0 ? lines.filter(({item}) => failed.includes(item)) : lines
  return telling.slice(-100).map(({line}) => line)
}

/** The answer when preflight refuses. */
export function refusalReport(app: string, reasons: Reason[]): RunReport {
  return {outcome: 'refused', exitCode: 3, app, message: 'Nothing was touched.', reasons, left: []}
}
