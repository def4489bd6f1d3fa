import {conductRun, type End, endOf, type Words} from '../app/conduct.js'
import type {Session} from '../command/session.js'
import type {Run} from '../run/run.js'
import {runPlan} from '../run/runner.js'
import type {Json} from '../run/step.js'
import type {WindowFacts} from './facts.js'
import {type Hooks, hooksFor} from './hooks.js'
import {planMigrate} from './plan.js'
import {type MigrateReport, nameMigration} from './report.js'
import type {WindowServices} from './services.js'
import {aroundTheChange, withWayBack} from './words.js'

const WORDS: Words = {not: 'Not migrated', nothing: 'Nothing was migrated.'}

/** Opens the window, migrates, and closes it. Everything that goes wrong is in the report, exit code included. */
export async function migrateInWindow(
  {facts, notes}: {facts: WindowFacts; notes: string[]},
  hooks: Hooks,
  services: WindowServices,
  session: Session,
): Promise<MigrateReport> {
  const app = facts.app.name
  const about = {app, facts: facts as unknown as Json, notes, words: WORDS, recovers: true as const}
  const aside = hooksFor(hooks, {app, command: 'pipeline:maintenance-migrate'}, session)
  const {report, run} = await conductRun({...about, ...aside}, session, async (run): Promise<End> => {
    const verdict = await runPlan(planMigrate(facts), services, run, null)
    if (verdict.outcome !== 'done') return withWayBack(endOf(verdict, WORDS), run)
    return {outcome: 'done', exitCode: 0, message: migratedMessage(facts, run, session), left: []}
  })
  return {...report, ...nameMigration(run)}
}

function migratedMessage(facts: WindowFacts, run: Run, session: Session): string {
  return [`Migrated ${facts.app.name}.`, ...aroundTheChange(facts, run, session.events)].join('\n')
}
