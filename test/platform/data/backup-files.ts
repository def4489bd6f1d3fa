import {createHmac, timingSafeEqual} from 'node:crypto'
import {createReadStream, existsSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import type {IncomingMessage, ServerResponse} from 'node:http'
import path from 'node:path'
import {pipeline} from 'node:stream/promises'
import type {Platform} from '../platform.js'

/** Where the bytes of a backup are. */
export const backupFile = ({backups}: Platform, uuid: string): string => path.join(backups, `${uuid}.dump`)

export const removeBackup = (platform: Platform, uuid: string): Promise<void> =>
  rm(backupFile(platform, uuid), {force: true})

/** `to_url` of a backup: only the Data API itself can read it. */
export const backupUrl = ({url}: Platform, uuid: string): string => `${url}/backups/${uuid}`

/** Whoever has this URL can read the backup, for an hour. */
export function publicUrl(platform: Platform, uuid: string): {url: string; expiresAt: string} {
  const expires = Date.now() + 60 * 60 * 1000
  const url = `${backupUrl(platform, uuid)}?expires=${expires}&signature=${signature(platform, uuid, String(expires))}`
  return {url, expiresAt: new Date(expires).toISOString()}
}

/** The file behind a `to_url` or public URL of this platform; undefined for any other URL. */
export function ownBackupFile(platform: Platform, url: string): string | undefined {
  const uuid = url.startsWith(`${platform.url}/backups/`) ? new URL(url).pathname.split('/')[2] : undefined
  return uuid && /^[\da-f-]{36}$/.test(uuid) ? backupFile(platform, uuid) : undefined
}

/** Serves the signed URLs. */
export async function serveBackup(
  platform: Platform,
  uuid: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const {searchParams} = new URL(req.url ?? '/', platform.url)
  const expires = searchParams.get('expires') ?? ''
  const given = Buffer.from(searchParams.get('signature') ?? '')
  const right = Buffer.from(signature(platform, uuid, expires))
  const signed = given.length === right.length && timingSafeEqual(given, right) && Number(expires) > Date.now()
  const file = ownBackupFile(platform, backupUrl(platform, uuid))
  if (!signed || !file || !existsSync(file)) {
    const [status, code] = signed ? [404, 'NoSuchKey'] : [403, 'AccessDenied']
    res.writeHead(status, {'Content-Type': 'application/xml'}).end(`<Error><Code>${code}</Code></Error>`)
    return
  }

  res.writeHead(200, {'Content-Type': 'application/octet-stream'})
  await pipeline(createReadStream(file), res).catch(() => {})
}

const signature = ({apiKey}: Platform, uuid: string, expires: string): string =>
  createHmac('sha256', apiKey).update(`${uuid} ${expires}`).digest('hex')
