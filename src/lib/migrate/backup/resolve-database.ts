import type {Reason} from '../../app/refused.js'
import {listOf} from '../../app/words.js'
import type {Attachment} from '../../heroku/types.js'

const SERVICE = 'heroku-postgresql'

/** The Heroku Postgres among an app's attachments. */
export const postgresOnly = (attachments: Attachment[]): Attachment[] =>
  attachments.filter(({addon}) => addon.plan.split(':')[0] === SERVICE)

/**
 * The database that is meant by an attachment's name, a config var's, or an add-on's; or by a config var that holds the same
 * address as one of an attachment (platform-facts §6.2). `configVars` is asked only for that.
 */
export async function resolveDatabase(
  wish: string,
  {app, configVars, postgres}: {app: string; postgres: Attachment[]; configVars(): Promise<Record<string, string>>},
): Promise<{attachment: Attachment} | {reason: Reason}> {
  const named = postgres.filter((one) => isNamed(one, wish))
  if (named.length > 0) return only(named, wish)
  const values = await configVars()
  const wishVar = wish in values ? wish : `${wish}_URL`
  const address = addressOf(values[wishVar])
  const alike = postgres.filter((one) => address && one.configVars.some((name) => addressOf(values[name]) === address))
  if (alike.length > 0) return only(alike, wish)

  const names = listOf([...new Set(postgres.map(({name}) => name))])
  if (values[wishVar]) {
    const message = `${wishVar} of ${app} was set by hand to a database that is not attached to the app: Heroku keeps no backups of it.`
    const other = names ? `, or name one of Heroku's (${names}) with --database` : ''
    return {reason: {message, fix: `Back it up yourself and go on with --backup none${other}.`}}
  }

  return names
    ? {reason: {message: `${app} has no Heroku Postgres named ${wish}, but ${names}.`, fix: 'Name it with --database.'}}
    : {reason: {message: `${app} has no Heroku Postgres.`, fix: 'To go on without a backup: --backup none'}}
}

function isNamed({addon, configVars, name}: Attachment, wish: string): boolean {
  const upper = wish.toUpperCase()
  return name.toUpperCase() === upper || configVars.includes(upper) || addon.name === wish || addon.id === wish
}

/** Several attachments of one add-on are one database; the first by name is as good as any. */
function only(found: Attachment[], wish: string): {attachment: Attachment} | {reason: Reason} {
  const [first] = found
  if (first && found.every(({addon}) => addon.id === first.addon.id)) return {attachment: first}
  const candidates = listOf(found.map(({addon, name}) => `${name} (${addon.name})`))
  return {
    reason: {message: `${wish} may be any of ${candidates}.`, fix: `Name one: --database ${first?.name ?? 'NAME'}`},
  }
}

/** Host and database of a URL: without user and password, which attachments of one database may have each their own. */
function addressOf(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined
  const {hostname, pathname} = new URL(url)
  return hostname && pathname.length > 1 ? `${hostname}${pathname}` : undefined
}
