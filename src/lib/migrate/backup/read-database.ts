import type {Reason} from '../../app/refused.js'
import {listOf} from '../../app/words.js'
import type {DataApi, DatabaseInfo, Transfer} from '../../heroku/data-types.js'
import {describeError, PlatformError} from '../../heroku/errors.js'
import type {Attachment} from '../../heroku/types.js'
import type {DatabaseSeen} from '../facts.js'
import type {WindowServices} from '../services.js'
import {postgresOnly} from './resolve-database.js'
import {plainName} from './transfers-of.js'
import {isAdvanced} from './words.js'

type Mode = 'auto' | 'capture' | 'none'

/** A database, its transfers (none when they can't be seen), and what speaks for itself about it. */
export type DatabaseFound = {database: DatabaseSeen; transfers: Transfer[]; reasons: Reason[]; notes: string[]}

/** Reads what is known of one database. With `none`, what the Data API does not tell is a note. @throws the errors of both APIs */
export async function readDatabase(
  {data, platform}: WindowServices,
  {app, attachment, attachments, mode}: {app: string; attachment: Attachment; attachments: Attachment[]; mode: Mode},
): Promise<DatabaseFound> {
  const {addon, name} = attachment
  const [info, transfers, sharers, neighbours] = await Promise.all([
    mode === 'none' ? undefined : data.database(addon.id),
    readTransfers(data, addon.app, mode),
    unlessRefused(platform.attachmentsOf(addon.id)),
    addon.app === app ? attachments : unlessRefused(platform.attachments(addon.app)),
  ])
  const unseen = 'message' in transfers ? [transfers] : []
  const database = {
    addonId: addon.id,
    addon: addon.name,
    plan: addon.plan,
    attachment: name,
    billingApp: addon.app,
    others: namesOfOthers(neighbours ?? [], attachment),
    ...(info?.bytes === undefined ? {} : {bytes: info.bytes}),
    // Without an answer about it, the stock CLI's offer of rollbacks for such plans is all there is.
    continuousProtection: info?.continuousProtection ?? (mode !== 'none' && isAdvanced(addon.plan)),
  }
  return {
    database,
    transfers: 'message' in transfers ? [] : transfers,
    reasons: mode === 'none' ? [] : [...unseen, ...readiness(info, database, mode)],
    notes: [...(mode === 'none' ? unseen.map(({message}) => message) : []), ...sharedWith(app, name, sharers ?? [])],
  }
}

async function readTransfers(data: DataApi, app: string, mode: Mode): Promise<Reason | Transfer[]> {
  try {
    return await data.transfers(app)
  } catch (error) {
    const refused = isRefusal(error)
    if (!refused && mode !== 'none') throw error
    const message = `Whether a backup or restore runs can't be seen: ${describeError(error)}`
    return refused ? {message, fix: `Ask for access to ${app}, which pays for the database.`} : {message}
  }
}

function readiness(info: DatabaseInfo | undefined, database: DatabaseSeen, mode: Mode): Reason[] {
  const {addon, attachment, billingApp, plan} = database
  if (info ? !info.waiting : mode === 'auto' && isAdvanced(plan)) return []
  const state = info?.status ? ` (${info.status})` : ''
  const message = `The database ${attachment} is not ready${state}.`
  return [{message, fix: `heroku pg:wait ${addon} --app ${billingApp}`}]
}

/** What other databases are called where the transfers are listed; a name that is ours too is none of theirs. */
function namesOfOthers(neighbours: Attachment[], {addon, name}: Attachment): string[] {
  const names = (of: Attachment[]): string[] => of.flatMap((one) => [plainName(one.name), plainName(one.addon.name)])
  const postgres = postgresOnly(neighbours)
  const own = new Set(names(postgres.filter((one) => one.addon.id === addon.id)))
  if (own.size === 0) own.add(plainName(name))
  return [...new Set(names(postgres.filter((one) => one.addon.id !== addon.id)))].filter((one) => !own.has(one))
}

function sharedWith(app: string, name: string, sharers: Attachment[]): string[] {
  const apps = [...new Set(sharers.map((one) => one.app))].filter((one) => one !== app)
  if (apps.length === 0) return []
  const [use, are] = apps.length > 1 ? ['use', 'are'] : ['uses', 'is']
  return [`${listOf(apps)} ${use} the database ${name} too, and ${are} not stopped for the migration.`]
}

async function unlessRefused<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof PlatformError && (error.status === 403 || error.status === 404)
}
