import {FlushCacheError} from './errors.js'
import {hostPort, redisUrl} from './redis-url.js'

/** MemCachier's servers, `host:port` each, and what they want to know (platform-facts §7). */
export type MemcachedTarget = {kind: 'memcached'; servers: string[]; username: string; password: string}
/** A Redis and the config var that holds its URL; the URL holds its password. */
export type RedisTarget = {kind: 'redis'; variable: string; url: string}
export type CacheTarget = MemcachedTarget | RedisTarget

/** The word that means MemCachier rather than a config var. */
const MEMCACHIER = 'memcachier'
const DEFAULT_PORT = 11_211

/**
 * The cache that a value of `--flush-cache` means: `memcachier`, or a config var that holds a `redis://` or `rediss://` URL.
 * @param vars the app's config vars, read just now: Heroku changes these passwords
 * @throws FlushCacheError that names the flag and the config var, never what is in it
 */
export function parseFlushCache(value: string, vars: Readonly<Record<string, string>>): CacheTarget {
  return value === MEMCACHIER ? memcachier(vars) : redis(value, vars)
}

/** Every Redis of the app, one for each server and database, whatever its config vars are called: what a command may flush. */
export function redisTargets(vars: Readonly<Record<string, string>>): RedisTarget[] {
  const found = new Map<string, RedisTarget>()
  for (const [variable, url] of Object.entries(vars)) {
    const parsed = redisUrl(url)
    if (!parsed) continue
    const where = `${hostPort(parsed)}${parsed.pathname}`
    if (!found.has(where)) found.set(where, {kind: 'redis', variable, url})
  }
  return [...found.values()]
}

function memcachier(vars: Readonly<Record<string, string>>): MemcachedTarget {
  const read = (name: string): string => {
    const value = vars[name]?.trim()
    if (!value) throw new FlushCacheError(`--flush-cache ${MEMCACHIER}: the app has no config var ${name}`)
    return value
  }
  const servers = read('MEMCACHIER_SERVERS')
    .split(',')
    .map((server) => server.trim())
    .filter(Boolean)
    .map((server) => memcachedServer(server))
  if (servers.length === 0 || servers.includes(undefined)) {
    throw new FlushCacheError(`--flush-cache ${MEMCACHIER}: config var MEMCACHIER_SERVERS is no list of host:port`)
  }
  return {
    kind: 'memcached',
    servers: [...new Set(servers.filter((server) => server !== undefined))],
    username: read('MEMCACHIER_USERNAME'),
    password: read('MEMCACHIER_PASSWORD'),
  }
}

function memcachedServer(text: string): string | undefined {
  const [, host, port = String(DEFAULT_PORT)] = /^([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(text) ?? []
  return host && Number(port) > 0 && Number(port) < 65_536 ? `${host}:${Number(port)}` : undefined
}

function redis(variable: string, vars: Readonly<Record<string, string>>): RedisTarget {
  // A URL given instead of a name must not come back in a message.
  if (!/^\w+$/.test(variable)) {
    throw new FlushCacheError(`--flush-cache takes ${MEMCACHIER} or the name of a config var that holds a Redis URL`)
  }
  const url = vars[variable]
  if (url === undefined) {
    throw new FlushCacheError(`--flush-cache ${variable}: the app has no such config var (or say ${MEMCACHIER})`)
  }
  if (!redisUrl(url)) {
    throw new FlushCacheError(`--flush-cache ${variable}: config var ${variable} holds no redis:// or rediss:// URL`)
  }
  return {kind: 'redis', variable, url}
}
