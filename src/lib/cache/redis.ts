import {isIP} from 'node:net'

import {abortable} from '../run/abortable.js'
import {FlushCacheError, type CacheError} from './errors.js'
import {isSelfSigned, redisError, wantsNoName} from './redis-errors.js'
import {hostPort, redisUrl} from './redis-url.js'

/** Sends one command; keys and other strings come back as bytes. */
export type Redis = {send(...command: Array<string | Buffer>): Promise<unknown>}

/** A time limit for all of it, in milliseconds, and what ends it early. */
export type CacheLimits = {deadlineMs: number; signal: AbortSignal}

/**
 * Does some work on a connection of its own, which is closed however it ends.
 *
 * With `rediss://` a certificate is asked for that the system trusts. Heroku's is self-signed by an authority that is nowhere
 * published (platform-facts §7), so one whose only fault is that nobody knows its authority is taken on a second connection;
 * an expired one or one of another host is not.
 * @throws CacheError, the signal's reason; FlushCacheError when this is no Redis URL
 */
export async function withRedis<T>(
  text: string,
  {deadlineMs, signal}: CacheLimits,
  work: (redis: Redis, cut: AbortSignal) => Promise<T>,
): Promise<T> {
  const url = redisUrl(text)
  if (!url) throw new FlushCacheError('This is no redis:// or rediss:// URL')
  const server = hostPort(url)
  const secrets = [url.password, decodeURIComponent(url.password)]
  const late = AbortSignal.timeout(deadlineMs)
  const over = new AbortController()
  const cut = AbortSignal.any([signal, late, over.signal])
  const known = (error: unknown): CacheError | Error =>
    signal.aborted
      ? reasonOf(signal)
      : redisError(error, {server, secrets, lateMs: late.aborted ? deadlineMs : undefined})
  try {
    const redis = await open(url, cut)
    return await abortable(work(redis, cut), cut)
  } catch (error) {
    throw known(error)
  } finally {
    // Destroys the socket, in whatever state it is.
    over.abort()
  }
}

async function open(url: URL, cut: AbortSignal): Promise<Redis> {
  let trusted = true
  let named = true
  for (;;) {
    try {
      return await connect(url, {cut, trusted, named})
    } catch (error) {
      if (trusted && isSelfSigned(error)) trusted = false
      // Add-ons put any name in front of the password, and a Redis with a password only knows none.
      else if (named && wantsNoName(error) && url.username) named = false
      else throw error
    }
  }
}

type Manner = {cut: AbortSignal; trusted: boolean; named: boolean}

async function connect(url: URL, {cut, named, trusted}: Manner): Promise<Redis> {
  const {RESP_TYPES, createClient} = await import('@redis/client')
  cut.throwIfAborted()
  const {hostname, password, pathname, port, protocol, username} = url
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const ended = new AbortController()
  const socket = {
    host,
    port: Number(port || 6379),
    reconnectStrategy: false as const,
    // The deadline is `cut`; this is only to have no other.
    connectTimeout: 2 ** 31 - 1,
    signal: AbortSignal.any([cut, ended.signal]),
  }
  const client = createClient({
    // Older servers know no other, and answer HELLO with the password in their complaint.
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket:
      protocol === 'rediss:'
        ? {...socket, tls: true, rejectUnauthorized: trusted, ...(isIP(host) ? {} : {servername: host})}
        : socket,
    ...(named && username ? {username: decodeURIComponent(username)} : {}),
    ...(password ? {password: decodeURIComponent(password)} : {}),
    database: Number(pathname.slice(1) || 0),
  })
  // Every failure also comes as the rejection of what was asked.
  client.on('error', () => {})
  const bytes = {typeMapping: {[RESP_TYPES.BLOB_STRING]: Buffer}}
  try {
    await abortable(client.connect(), cut)
    return {send: (...command) => client.sendCommand(command, bytes)}
  } catch (error) {
    ended.abort()
    throw error
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
}
