import {StepError} from '../../run/errors.js'
import type {Step, StepContext} from '../../run/step.js'
import type {WindowFacts} from '../facts.js'
import {migrationLeft} from '../one-off/migration-left.js'
import {endWords} from '../one-off/run-command.js'
import {runOneOff} from '../one-off/run-one-off.js'
import {NotStarted, type OneOffEnd} from '../one-off/types.js'
import {undoMigration} from '../one-off/undo-migration.js'
import {shown} from '../one-off/words.js'
import {newNonce} from '../one-off/wrap.js'
import type {WindowServices} from '../services.js'

/** Enough for another process to find the dyno: the nonce is in its command. `release` is the version whose code migrates. */
export type MigrateBefore = {app: string; nonce: string; release: number | null}

export type Migrated = {dyno: string; status: number; ms: number}

/** What this process knows of the migration beside what is in the journal. */
export type MigrationKnown = {dyno?: string; end?: OneOffEnd; notBegun?: boolean}

/**
 * Runs the migration in a one-off dyno that outlives us. Interrupted, it goes on by itself.
 * Fails as `migration-refused` when nothing was begun, `migration-failed`, or `migration-unknown`.
 */
export function migrate(facts: WindowFacts): Step<WindowServices, MigrateBefore, Migrated> {
  const {app, migration} = facts
  if (!migration) throw new Error('There is no migration')
  const known: MigrationKnown = {}
  return {
    id: 'migrate',
    title: `Migrate with ${shown(migration)}`,
    pivot: true,
    failsAs: 'migration-failed',
    async look({resultOf}) {
      // Only for whoever reads the journal: nothing is worth a read.
      const released = resultOf('release') as {version: number} | undefined
      const release = released?.version ?? facts.state.current?.version ?? null
      return {app: app.name, nonce: newNonce(), release}
    },
    async run({nonce}, ctx) {
      const onDyno = (name: string): void => void (known.dyno = name)
      const run = {app: app.name, command: migration, timeoutMs: migration.timeoutMs, nonce, onDyno}
      known.end = await orRefused(known, () => runOneOff(run, ctx))
      const {end} = known
      if (end.outcome === 'succeeded') return {dyno: end.dyno, status: end.status, ms: end.ms}
      const failsAs = end.outcome === 'failed' ? 'migration-failed' : 'migration-unknown'
      throw new StepError(failsAs, `${shown(migration)} ${endWords(app.name, end)}`)
    },
    undo: (seen, ctx: StepContext & WindowServices) => undoMigration(facts, seen, known, ctx),
    byHand: (seen, result) => migrationLeft(facts, seen, known, result),
    summary: ({dyno}) => dyno,
  }
}

async function orRefused(known: MigrationKnown, run: () => Promise<OneOffEnd>): Promise<OneOffEnd> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error
    known.notBegun = true
    throw new StepError('migration-refused', error.message, {cause: error})
  }
}
