import {CacheError, type CacheTrouble} from './errors.js'
import {harmless} from './harmless.js'
import {openMemcached, opcodes, type Answer} from './memcached-client.js'
import type {MemcachedTarget} from './parse-flush-cache.js'
import type {CacheLimits} from './redis.js'

/** What a server does not like the password with, and where SASL is not spoken (binary protocol, section "Response Status"). */
const AUTH_ERROR = 0x20
const NO_SASL = new Set([0x81, 0x83])

/**
 * Flushes every server, all at once; one that fails keeps no other from it. Safe to do twice.
 * @returns the servers, `host:port`
 * @throws CacheError that names each server that was not flushed, and those that were; its kind is the first one's. The signal's reason
 */
export async function flushMemcached(
  {password, servers, username}: Omit<MemcachedTarget, 'kind'>,
  {deadlineMs, signal}: CacheLimits,
): Promise<{flushed: string[]}> {
  const failures = await Promise.all(
    servers.map((server) => flushServer(server, {username, password, deadlineMs, signal})),
  )
  signal.throwIfAborted()
  const failed = failures.filter((failure) => failure !== undefined)
  const flushed = servers.filter((_, at) => failures[at] === undefined)
  if (!failed[0]) return {flushed}
  throw new CacheError(failed[0].kind, {
    servers: failed.flatMap((failure) => failure.servers),
    message: [...failed.map(({message}) => message), ...flushed.map((server) => `${server} is flushed`)].join('; '),
  })
}

type Login = CacheLimits & {username: string; password: string}

async function flushServer(server: string, login: Login): Promise<CacheError | undefined> {
  const trouble = (kind: CacheTrouble, said: string) =>
    new CacheError(kind, {servers: [server], message: `memcached at ${server} ${said}`})
  const words = ({said, status}: Answer) => `status ${status} (${harmless(said, [login.password])})`
  const late = AbortSignal.timeout(login.deadlineMs)
  const over = new AbortController()
  try {
    const memcached = await openMemcached(server, AbortSignal.any([login.signal, late, over.signal]))
    const known = await memcached.ask(opcodes.saslAuth, 'PLAIN', `\0${login.username}\0${login.password}`)
    // One without SASL lets everybody in.
    if (known.status === AUTH_ERROR) return trouble('auth', 'refuses the password')
    if (known.status !== 0 && !NO_SASL.has(known.status))
      return trouble('refused', `refuses to log in: ${words(known)}`)
    const answer = await memcached.ask(opcodes.flush)
    return answer.status === 0 ? undefined : trouble('refused', `refuses to flush: ${words(answer)}`)
  } catch (error) {
    if (late.aborted) return trouble('timeout', `was not done within ${login.deadlineMs / 1000} s`)
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code) return trouble('unreachable', `can't be reached (${code})`)
    return trouble('unreachable', error instanceof Error ? error.message : String(error))
  } finally {
    over.abort()
  }
}
