import {createReadStream, existsSync} from 'node:fs'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {ownBackupFile} from './backup-files.js'
import {postgresBin, psql, runTool} from './tools.js'
import {counting, TransferFailed, type TransferWork} from './transfer-work.js'

/** `hstore`, or `schema.hstore`. */
export const extensionName = /^(?:([a-z_]\w*)\.)?([a-z_][\w-]*)$/

/**
 * Empties the database and fills it from the backup, as htcat and pg_restore do; a made-up database just reads the backup.
 * @throws TransferFailed
 */
export async function restore(work: TransferWork, extensions: string[]): Promise<void> {
  const {addon, log, signal, transfer} = work
  const source = await openBackup(work)
  const bin = postgresBin()
  if (!addon.databaseUrl || !bin) {
    const reason = bin ? 'There is no database behind this add-on' : 'PostgreSQL is not installed'
    log(`${reason}: the backup is read and nothing is restored`)
    await pipeline(source, counting(transfer).resume())
    return
  }

  await psql(bin, addon.databaseUrl, emptyAndExtend(extensions)).catch((error: Error) => {
    throw new TransferFailed(error.message)
  })
  log('starting pg_restore')
  let last = ''
  const flags = ['--clean', '--if-exists', '--no-owner', '--no-privileges']
  const database = new URL(addon.databaseUrl).pathname.slice(1)
  const code = await runTool(bin, ['pg_restore', ...flags, '--dbname', database], {
    url: addon.databaseUrl,
    signal,
    feed: (stdin) => pipeline(source, counting(transfer), stdin),
    onLine(line) {
      log(line)
      last = line
    },
  })
  transfer.warnings = Number(/errors ignored on restore: (\d+)/.exec(last)?.[1] ?? 0)
  if (code !== 0 && transfer.warnings === 0) throw new TransferFailed(`pg_restore exited with ${code}`)
  log(`pg_restore finished ${transfer.warnings > 0 ? `with ${transfer.warnings} warnings` : 'successfully'}`)
}

/** What the role owns goes; the extensions are there before the tables that need them. */
function emptyAndExtend(extensions: string[]): string {
  const wishes = extensions.map((wish) => {
    const [, schema, name] = extensionName.exec(wish) ?? []
    const create = `CREATE EXTENSION IF NOT EXISTS "${name}"`
    return schema ? `CREATE SCHEMA IF NOT EXISTS "${schema}"; ${create} SCHEMA "${schema}";` : `${create};`
  })
  return ['DROP OWNED BY CURRENT_USER CASCADE;', 'CREATE SCHEMA IF NOT EXISTS public;', ...wishes].join('\n')
}

/** The URL may be signed: it is in no message. */
async function openBackup({platform, signal, transfer}: TransferWork): Promise<Readable> {
  const url = transfer.backupUrl ?? ''
  const own = ownBackupFile(platform, url)
  if (own && existsSync(own)) return createReadStream(own)
  const response = await fetch(url, {signal}).catch(() => undefined)
  if (!response?.ok || !response.body) {
    throw new TransferFailed(`htcat: can't read the backup: ${response ? `status ${response.status}` : 'no answer'}`)
  }

  return Readable.from(response.body as AsyncIterable<Uint8Array>)
}
