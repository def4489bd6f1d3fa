import {createWriteStream} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {pipeline} from 'node:stream/promises'
import {backupFile} from './backup-files.js'
import {readFigures} from './database.js'
import {postgresBin, runTool} from './tools.js'
import {counting, TransferFailed, type TransferWork} from './transfer-work.js'

/** `pg_dump` of the database in its custom format into the backup's file; of a made-up database, bytes. @throws TransferFailed */
export async function capture(work: TransferWork): Promise<void> {
  const {addon, log, platform, signal, transfer} = work
  const file = backupFile(platform, transfer.uuid)
  transfer.sourceBytes = (await readFigures(addon)).bytes
  const bin = postgresBin()
  if (!addon.databaseUrl || !bin) {
    log(
      `${bin ? 'There is no database behind this add-on' : 'PostgreSQL is not installed'}: this backup is made of bytes`,
    )
    const bytes = Buffer.alloc(128 * 1024, `${transfer.uuid}\n`)
    await writeFile(file, bytes, {mode: 0o600})
    transfer.processedBytes = bytes.length
    return
  }

  log('starting pg_dump')
  const code = await runTool(bin, ['pg_dump', '--format=custom', '--no-owner', '--no-privileges'], {
    url: addon.databaseUrl,
    signal,
    read: (stdout) => pipeline(stdout, counting(transfer), createWriteStream(file, {mode: 0o600})),
    onLine: (line) => log(line),
  })
  if (code !== 0) throw new TransferFailed(`pg_dump exited with ${code}`)
  log('pg_dump finished successfully')
}
