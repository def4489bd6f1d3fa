import {describePlan, formatPlans, type PlanDescription} from '../app/describe-plan.js'
import type {RunReport} from '../app/report.js'
import type {Left} from '../run/events.js'
import type {Run} from '../run/run.js'
import type {WindowFacts} from './facts.js'
import {planMigrate} from './plan.js'
import {type BackedUp, goBack, type Kept} from './backup/go-back.js'
import type {Migrated} from './steps/migrate.js'

/** What a window adds to a report: sizes in bytes, durations in ms. `goBack` are commands that can be pasted. */
export type WindowReport = {
  migration?: {dyno: string; ms: number}
  backups?: Kept[]
  goBack?: Left[]
}

/** What `--json` prints of `pipeline:maintenance-migrate`. */
export type MigrateReport = RunReport & WindowReport & {plan?: PlanDescription[]}

/** What was migrated and where the backups are, of a run that got so far. */
export function nameMigration(run: Pick<Run, 'results'>): WindowReport {
  const migrated = run.results.get('migrate') as Migrated | undefined
  const backups = run.results.get('backup') as BackedUp | undefined
  return {
    ...(migrated ? {migration: {dyno: migrated.dyno, ms: migrated.ms}} : {}),
    ...(backups ? {backups: backups.databases, goBack: goBack(backups)} : {}),
  }
}

/** The answer when there is nothing to migrate: nothing was touched. */
export function nothingPending(app: string, why: string): MigrateReport {
  const message = `Nothing to migrate in ${app}: ${why}.`
  return {outcome: 'unchanged', exitCode: 0, app, message, left: []}
}

/** The answer to `--dry-run`. */
export function planReport({facts, notes}: {facts: WindowFacts; notes: string[]}): MigrateReport {
  const plan = [describePlan(planMigrate(facts))]
  const app = facts.app.name
  const message = formatPlans({app, notes}, plan)
  return {outcome: 'planned', exitCode: 0, app, message, plan, warnings: notes, left: []}
}
