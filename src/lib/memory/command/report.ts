import type {Left} from '../../run/events.js'
import {advise} from '../diagnose/advice.js'
import {judgeBudget} from '../diagnose/budget.js'
import {diagnose} from '../diagnose/diagnose.js'
import type {Advice, Budget, Comparison, Diagnosis, Violation} from '../types.js'
import {count} from '../views/numbers.js'
import {quotasOf} from './app-facts.js'
import type {Reading, SourceNote} from './reading.js'

/** What `--json` prints of `pipeline:memory`. Memory in MiB, moments in ms since 1970. */
export type MemoryReport = {
  outcome: 'done' | 'over-budget'
  exitCode: 0 | 6
  app?: string
  /** The answer in a sentence. */
  message: string
  /** The release that the diagnosis is about, of an app's own sources. */
  release?: {version: number; at: number}
  sources: SourceNote[]
  diagnosis: Diagnosis
  comparison?: Comparison
  /** What was asked of the budget, and what is over it. */
  budget?: {asked: Budget; violations: Violation[]}
  advice?: Advice[]
  notes: string[]
  /** The file that the chart is in. */
  chart?: string
  left: Left[]
}

/** The report of what was read: pure, but for the reading itself. */
export function reportOf(
  reading: Reading,
  given: {app?: string; budget?: Budget; comparison?: Comparison; chart?: string},
): MemoryReport {
  const {facts, notes, recording, sources, subject = recording} = reading
  const {app, budget, chart, comparison} = given
  // What an older release needed says nothing of what the dynos need now.
  const release = reading.metrics ? facts?.current : undefined
  const only = comparison?.after.version ? spanOf(comparison.after) : release && !comparison ? {from: release.at} : {}
  const diagnosis = diagnose(subject, {...(facts ? {quotas: quotasOf(facts)} : {}), ...only})
  const violations = budget ? judgeBudget(diagnosis, budget) : []
  const advice = facts && facts.sizes.length > 0 ? adviceOf(diagnosis, reading) : undefined
  return {
    outcome: violations.length > 0 ? 'over-budget' : 'done',
    exitCode: violations.length > 0 ? 6 : 0,
    ...(app === undefined ? {} : {app}),
    message: messageOf({violations, budget, comparison, diagnosis}),
    ...(release && !comparison ? {release} : {}),
    sources,
    diagnosis,
    ...(comparison ? {comparison} : {}),
    ...(budget ? {budget: {asked: budget, violations}} : {}),
    ...(advice ? {advice} : {}),
    notes: [
      ...new Set([
        ...notes,
        ...recording.notes,
        ...diagnosis.notes,
        ...(comparison ? [] : mixedNote(diagnosis)),
        ...repeatedNote(diagnosis),
      ]),
    ],
    ...(chart === undefined ? {} : {chart}),
    left: [],
  }
}

const spanOf = ({from, to}: {from: number; to: number}): {from: number; to: number} => ({from, to: to + 1})

/** Numbers of a type are of all releases in the span. */
function mixedNote({releases, types}: Diagnosis): string[] {
  const within = releases.filter(({at}) => types.some(({from = at, to = at}) => from < at && at < to))
  const newest = within.at(-1)?.version
  if (newest === undefined) return []
  const pair = `--compare v${newest - 1}..v${newest}`
  return [`what stands for a type is of v${newest} and of what ran before it; ${pair} tells them apart`]
}

/** Archives that overlap, or a log session that was opened again. */
function repeatedNote({counts: {repeated}}: Diagnosis): string[] {
  return repeated > 0
    ? [`${count(repeated, 'line')} came more than once and ${repeated === 1 ? 'counts' : 'count'} once`]
    : []
}

function adviceOf(diagnosis: Diagnosis, {facts}: Reading): Advice[] {
  const {app, formation, sizes} = facts!
  return advise(diagnosis, {
    sizes,
    formation: formation.map(({quantity, size, type}) => ({type, size, quantity})),
    privateSpace: formation.some(({size}) => /^(private|shield)-/i.test(size)),
    ...(app.generation === undefined ? {} : {generation: app.generation}),
  })
}

function messageOf(of: {
  violations: Violation[]
  budget: Budget | undefined
  comparison: Comparison | undefined
  diagnosis: Diagnosis
}): string {
  const {budget, comparison, diagnosis, violations} = of
  if (violations.length > 0) {
    const unknown = violations.every((violation) => violation.unknown)
    return `${unknown ? "The budget can't be judged" : 'Over the budget'}: ${violations.map(({why}) => why).join('; ')}.`
  }

  if (budget) return 'Within the budget.'
  if (comparison) return `${comparison.before.label} and ${comparison.after.label} are compared.`
  return `Memory of ${diagnosis.types.map(({type}) => type).join(', ') || 'nothing'}.`
}
