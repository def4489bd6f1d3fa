import type {Reason} from '../../app/refused.js'
import type {Transfer} from '../../heroku/data-types.js'
import type {DatabaseSeen} from '../facts.js'
import {backupsOf, unfinished, writes} from './transfers-of.js'
import {cancelCommand, infoCommand, sizeWords, spanWords, timeWords, transferWords} from './words.js'

/** A dump that runs writes its heartbeat every few seconds; one that is silent this long holds its locks for ever. */
const STUCK_MS = 60 * 60_000
/** Above this, logical backups are said to fail (platform-facts §6.4). */
const LARGE_BYTES = 20e9

/** What is on its way on a database: a restore refuses, a backup is waited for, one that is stuck has to be ended first. */
export function judgeUnfinished(
  transfers: Transfer[],
  database: DatabaseSeen,
  now: number,
): {reasons: Reason[]; notes: string[]} {
  const reasons: Reason[] = []
  const notes: string[] = []
  for (const one of unfinished(transfers, database)) {
    const silent = now - (one.updatedAt ?? one.startedAt ?? one.createdAt)
    const which = `${transferWords(one)} of ${database.attachment}`
    if (writes(one, database)) {
      const message = `${transferWords(one)} into ${database.attachment} is not finished.`
      reasons.push({message, fix: `Wait for it: ${infoCommand(database, one)}`})
    } else if (silent > STUCK_MS) {
      const message = `${which} gives no sign of life since ${spanWords(silent)}, and a migration would wait for its locks.`
      reasons.push({message, fix: cancelCommand(database, one)})
    } else {
      notes.push(`${which} is not finished: it is waited for, because a migration would wait for its locks.`)
    }
  }

  return {reasons, notes}
}

/** What is known of a capture to come: how large, how long, what is dropped for it. */
export function describeCapture(transfers: Transfer[], database: DatabaseSeen, timeoutMs: number): string[] {
  const {attachment, bytes} = database
  const [last] = backupsOf(transfers, database)
  const took =
    last && last.finishedAt !== null && last.startedAt !== null ? last.finishedAt - last.startedAt : undefined
  const known = [
    bytes === undefined ? undefined : `${attachment} holds ${sizeWords(bytes)}`,
    took === undefined ? undefined : `its last backup, ${last!.name}, took ${spanWords(took)}`,
  ].filter((part) => part !== undefined)
  const late =
    took !== undefined && took > timeoutMs
      ? [`The last backup of ${attachment} took longer than --backup-timeout (${spanWords(timeoutMs)}).`]
      : []
  const large =
    bytes !== undefined && bytes > LARGE_BYTES
      ? [`${attachment} is larger than 20 GB: backups of databases of that size often fail or take hours.`]
      : []
  return [
    ...(known.length > 0 ? [`${known.join('; ')}.`] : []),
    ...late,
    ...large,
    ...describeDropped(transfers, database),
  ]
}

/** Only so many backups by hand are kept, and ours is one of them (platform-facts §6.6). */
function describeDropped(transfers: Transfer[], database: DatabaseSeen): string[] {
  const {attachment, billingApp} = database
  const kept = backupsOf(transfers, database)
  const [newest] = kept
  if (!newest) return []
  if (newest.keep === null) return [`Heroku may drop the oldest backup of ${attachment} for the new one.`]
  return kept.slice(Math.max(0, newest.keep - 1)).map(({createdAt, name}) => {
    const download = `heroku pg:backups:download ${name} --app ${billingApp}`
    const why = `Heroku keeps ${newest.keep} backups by hand`
    return `The new backup drops ${name} of ${timeWords(createdAt)}: ${why}. To keep it: ${download}`
  })
}
