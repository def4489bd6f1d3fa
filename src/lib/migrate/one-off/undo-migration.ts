import {findCurrent} from '../../app/find-release.js'
import {describeError} from '../../heroku/errors.js'
import {UndoError} from '../../run/errors.js'
import type {WindowFacts} from '../facts.js'
import type {MigrateBefore, MigrationKnown} from '../steps/migrate.js'
import {findInLog, findListed} from './find.js'
import {migrationLeft} from './migration-left.js'
import {endWords} from './run-command.js'
import {runOneOff} from './run-one-off.js'
import type {OneOffContext, OneOffEnd} from './types.js'
import {logsCommand, shown} from './words.js'

/**
 * Runs the command that undoes the migration, once however often this is called, and only when the migration has certainly begun
 * and ended: it may take back an older one otherwise.
 * @throws UndoError with what is left, when there is no such command, it fails, or that is not certain
 */
export async function undoMigration(
  facts: WindowFacts,
  seen: MigrateBefore,
  known: MigrationKnown,
  ctx: OneOffContext,
): Promise<string> {
  const {migrateUndo} = facts
  const left = migrationLeft(facts, seen, known)
  if (known.notBegun) return 'nothing was migrated'
  if (!migrateUndo) throw new UndoError('What the migration did to the database is not undone: no --migrate-undo', left)
  const doubt = (await doubtOf(seen, known, ctx)) ?? (await whoseCode(seen, ctx))
  if (doubt) throw new UndoError(`${shown(migrateUndo)} was not run: ${doubt}`, left)

  const {app, nonce} = seen
  // Of its own, and the same whoever undoes: one that ran before is found by it.
  const own = [...nonce].reverse().join('')
  const {timeoutMs} = facts.migration!
  const run = {app, command: migrateUndo, timeoutMs, nonce: own, mayExist: true}
  const end = await runOneOff(run, ctx).catch((error: unknown) => {
    throw new UndoError(describeError(error), left)
  })
  if (end.outcome === 'succeeded') return `the migration was undone by ${shown(migrateUndo)}`
  const words = `${shown(migrateUndo)} ${endWords(app, end)}`
  throw new UndoError(words, {what: `${words}. The schema of ${app} may be half undone.`, ...lookAt(app, end)})
}

function lookAt(app: string, {dyno}: OneOffEnd): {command: string} {
  return {command: dyno === undefined ? `heroku ps --app ${app}` : logsCommand(app, dyno)}
}

/** Why it is not certain that the migration has begun and ended; undefined when it is. */
async function doubtOf(
  {app, nonce}: MigrateBefore,
  {dyno, end}: MigrationKnown,
  ctx: OneOffContext,
): Promise<string | undefined> {
  if (end?.outcome === 'succeeded' || end?.outcome === 'failed') return undefined
  try {
    const running = await findListed(app, nonce, ctx)
    if (running !== undefined) return `the migration still runs in ${running}`
    const ran = dyno ?? (await findInLog(app, nonce, ctx))
    return ran === undefined ? 'nothing shows that the migration has begun' : undefined
  } catch (error) {
    return `whether the migration has ended is not known: ${describeError(error)}`
  }
}

/** Why the code that runs now is not that of the migration: it may need what the migration has made. */
async function whoseCode({app, release}: MigrateBefore, {platform}: OneOffContext): Promise<string | undefined> {
  try {
    const current = findCurrent(await platform.newestReleases(app, 5))
    if (!current || current.version === release) return undefined
    return `v${current.version} by ${current.user} is current now, and the migration ran on v${release}`
  } catch (error) {
    return `which release is current is not known: ${describeError(error)}`
  }
}
