import type {Left} from '../../run/events.js'
import type {WindowFacts} from '../facts.js'
import type {MigrateBefore, Migrated, MigrationKnown} from '../steps/migrate.js'
import {logsCommand, runByHand, shown} from './words.js'

/** What stays of a migration, and the command to look at it. */
export function migrationLeft(
  {migration, migrateUndo}: WindowFacts,
  {app, nonce, release}: MigrateBefore,
  {dyno, end, notBegun}: MigrationKnown,
  result?: Migrated,
): Left {
  const command = shown(migration!)
  if (notBegun) return {what: `${command} was not run: the schema of ${app} is as it was.`}
  const undo = migrateUndo ? ` To undo it: ${runByHand(app, migrateUndo)}` : ''
  // Whoever guards it may have failed it after it had ended well.
  const done = result ?? (end?.outcome === 'succeeded' ? end : undefined)
  if (done) {
    return {what: `${app} was migrated by ${command}.${undo}`, command: logsCommand(app, done.dyno)}
  }

  const half = `the schema of ${app} may be half applied.`
  if (dyno === undefined) {
    const code = release === null ? '' : ` on v${release}`
    const what = `${command} may run, or have run, in a one-off dyno${code} whose command has ${nonce}: ${half}${undo}`
    return {what, command: `heroku ps --app ${app}`}
  }

  if (end?.outcome === 'failed') {
    // PostgreSQL notices that a client is gone when the statement is over.
    const statement = end.stopped
      ? ` A statement that it had begun may go on in the database; heroku pg:ps --app ${app} shows it.`
      : ''
    return {what: `${command} failed in ${dyno}: ${half}${statement}${undo}`, command: logsCommand(app, dyno)}
  }

  if (end?.outcome === 'unknown' && !end.running) {
    return {what: `How ${command} ended in ${dyno} is unknown: ${half}${undo}`, command: logsCommand(app, dyno)}
  }

  const what = `${command} may still run in ${dyno}, and goes on by itself; until it has ended, ${half}${undo}`
  return {what, command: logsCommand(app, dyno, {running: true})}
}
