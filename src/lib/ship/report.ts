import type {Left, Outcome, RunEvent} from '../run/events.js'
import type {ExitCode} from '../run/exit-codes.js'
import type {Reason} from '../app/refused.js'
import type {Pushed} from './steps/push.js'
import {describePlans, formatPlans, type PlanDescription} from './describe-plan.js'
import type {ShipFacts} from './facts.js'
import type {Released} from './steps/release.js'

/** What `--json` prints: one object, on success and on failure. Durations in ms, sizes in bytes. */
export type ShipReport = {
  outcome: Outcome | 'planned'
  exitCode: ExitCode
  app: string
  message: string
  run?: string
  release?: {version: number}
  images?: Array<{type: string; image: string; manifest: string; size: number; layers: number}>
  phases?: Array<{step: string; title: string; ms: number; ok: boolean}>
  /** `lines`: the last output of the step that failed, at most 100. */
  error?: {step?: string; reason: string; lines?: string[]}
  reasons?: Reason[]
  /** What stays behind, most urgent first; empty when the app is as it should be. */
  left: Left[]
  warnings?: string[]
  journal?: string
  plan?: PlanDescription[]
}

/** What the events of a run add up to. */
export function summarize(events: RunEvent[]): Pick<ShipReport, 'phases' | 'warnings'> {
  return {
    phases: events.flatMap((event) =>
      event.type === 'step-succeeded' || event.type === 'step-failed'
        ? [{step: event.step, title: event.title, ms: event.ms, ok: event.type === 'step-succeeded'}]
        : [],
    ),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
  }
}

/** Images as the report lists them. */
export function listImages(pushed: Pushed | undefined): Pick<ShipReport, 'images'> {
  if (!pushed) return {}
  const images = Object.entries(pushed).map(([type, {config, layers, manifest, size}]) => ({
    type,
    image: config,
    manifest,
    size,
    layers,
  }))
  return {images}
}

/** The release as the report names it. */
export function nameRelease(released: Released | undefined): Pick<ShipReport, 'release'> {
  return released ? {release: {version: released.version}} : {}
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

/** The answer to `--dry-run`. */
export function planReport(facts: ShipFacts): ShipReport {
  const plan = describePlans(facts)
  return {
    outcome: 'planned',
    exitCode: 0,
    app: facts.app.name,
    message: formatPlans(facts, plan),
    plan,
    warnings: facts.notes,
    left: [],
  }
}

/** The answer when preflight refuses. */
export function refusalReport(app: string, reasons: Reason[]): ShipReport {
  return {outcome: 'refused', exitCode: 3, app, message: 'Nothing was touched.', reasons, left: []}
}
