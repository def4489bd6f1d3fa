import type {Transfer} from '../../heroku/data-types.js'
import type {DatabaseSeen} from '../facts.js'

/** `HEROKU_POSTGRESQL_COPPER_URL` and `COPPER` name the same database. */
export function plainName(name: string): string {
  return name
    .toUpperCase()
    .replace(/_URL$/, '')
    .replace(/^HEROKU_POSTGRESQL_/, '')
}

/** Whether a transfer reads this database: a dump, whose locks a migration waits for (platform-facts §6.4). */
export function reads(transfer: Transfer, database: DatabaseSeen): boolean {
  return transfer.kind !== 'restore' && mayBe(transfer.from, database)
}

/** Whether a transfer writes into this database. */
export function writes(transfer: Transfer, database: DatabaseSeen): boolean {
  return transfer.kind !== 'backup' && mayBe(transfer.to, database)
}

/** Backups by hand of this database that are there, the newest first. */
export function backupsOf(transfers: Transfer[], database: DatabaseSeen): Transfer[] {
  const ofIt = transfers.filter((one) => one.kind === 'backup' && !one.scheduled && reads(one, database))
  return ofIt.filter(({succeeded}) => succeeded === true)
}

/** What is on its way there, the oldest first. */
export function unfinished(transfers: Transfer[], database: DatabaseSeen): Transfer[] {
  const concerns = (one: Transfer): boolean => reads(one, database) || writes(one, database)
  return transfers.filter((one) => one.finishedAt === null && concerns(one)).reverse()
}

function mayBe(name: string, {others}: DatabaseSeen): boolean {
  return !others.includes(plainName(name))
}
