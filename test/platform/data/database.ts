import {randomBytes} from 'node:crypto'
import {planNamed} from '../addons/catalog.js'
import type {AddonState, PlatformState} from '../state/types.js'
import {postgresBin, psql} from './tools.js'

/** `essential-0`. */
export const planOf = (addon: AddonState): string => addon.plan.split(':')[1] ?? ''

/** DATABASE: the name of the database in its transfers. */
export const attachmentName = (state: PlatformState, addon: AddonState): string =>
  state.attachments.find((one) => one.addonId === addon.id)?.name ?? 'DATABASE'

/** Holds a password. */
export const resourceUrl = (addon: AddonState): string =>
  addon.databaseUrl ?? planNamed(addon.plan)?.service.url(addon.name) ?? ''

/**
 * A database with a role of its own in this server.
 * @param server URL of a role that may create both
 * @throws Error when PostgreSQL's programs are not installed, or the server refuses
 */
export async function createDatabase(server: string): Promise<string> {
  const bin = postgresBin()
  if (!bin) throw new Error("Can't create a database: PostgreSQL's programs are not installed")
  const word = () => randomBytes(7).toString('hex')
  const [user, password, database] = [`u${word()}`, `p${word()}`, `d${word()}`]
  await psql(
    bin,
    server,
    `CREATE ROLE ${user} LOGIN PASSWORD '${password}';\nCREATE DATABASE ${database} OWNER ${user};`,
  )
  const url = new URL(server)
  Object.assign(url, {username: user, password, pathname: `/${database}`})
  return String(url)
}

export type DatabaseFigures = {bytes: number; connections: number; tables: number; version: string}

/** What the database is like now; of one that is made up, what a small one may be like. */
export async function readFigures({databaseUrl}: AddonState): Promise<DatabaseFigures> {
  const bin = postgresBin()
  if (!databaseUrl || !bin) return {bytes: 8_520_195, connections: 3, tables: 4, version: '16.4'}
  const answer = await psql(bin, databaseUrl, figuresSql)
  const [bytes, connections, tables, version = ''] = answer.split('|')
  return {bytes: Number(bytes), connections: Number(connections), tables: Number(tables), version}
}

const figuresSql = `SELECT pg_database_size(current_database()),
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()),
  (SELECT count(*) FROM pg_stat_user_tables), split_part(current_setting('server_version'), ' ', 1);`
