import type {Left} from '../../run/events.js'
import {isAdvanced, stampWords, timeWords} from './words.js'

/** What is kept of one database: a backup with its size in bytes, or a time, ISO 8601 by the platform's clock. */
export type Kept = {
  attachment: string
  addon: string
  plan: string
  billingApp: string
} & ({kept: 'capture'; backup: string; bytes: number} | {kept: 'restore-point'; at: string})

/** What a backup step comes to; `app` is the app that is migrated. */
export type BackedUp = {app: string; databases: Kept[]}

/**
 * How to go back to what was kept, each with the command to paste. A restore wipes the database and asks for the app's name
 * first; its form, also `billing::b012` for a backup of another app, is the stock CLI's (11.10.0, pg:backups:restore). A
 * rollback makes a new database, which has to be promoted; its form is what the same CLI's data:pg:fork prints for such plans,
 * the form of the time is Dev Center's ("heroku-postgres-rollback"); with seconds is our guess.
 */
export function goBack({app, databases}: BackedUp): Left[] {
  return databases.map((one) => {
    const {addon, attachment, billingApp, plan} = one
    if (one.kept === 'capture') {
      const backup = billingApp === app ? one.backup : `${billingApp}::${one.backup}`
      const target = attachment === 'DATABASE' ? 'DATABASE_URL' : attachment
      return {
        what: `${one.backup} is ${attachment} as it was before the migration; restoring it loses what was written since.`,
        command: `heroku pg:backups:restore ${backup} ${target} --app ${app}`,
      }
    }

    const at = Date.parse(one.at)
    const promote = attachment === 'DATABASE' ? '; promote it with heroku pg:promote once it is there' : ''
    return {
      what: `${attachment} can be had as it was at ${timeWords(at)}, in a new database${promote}.`,
      command: isAdvanced(plan)
        ? `heroku data:pg:fork ${addon} --app ${app} --rollback-to '${one.at.slice(0, 19)}'`
        : `heroku addons:create ${plan} --app ${app} -- --rollback ${addon} --to '${stampWords(at)}'`,
    }
  })
}
