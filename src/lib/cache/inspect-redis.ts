import {CacheError} from './errors.js'
import {preciousKeys, type Precious} from './precious-keys.js'
import {withRedis, type CacheLimits, type Redis} from './redis.js'
import {scan, SCAN_COUNT} from './scan.js'

/** What a Redis holds besides a cache. */
export type RedisVerdict = {
  /** `clear`: every key was looked at and is no queue's and no session's; `unknown`: not every key, and none found. */
  verdict: 'clear' | 'holds' | 'unknown'
  /** One line each: "Sidekiq: queues (1 key, set)". No values, and no keys that hold an id. */
  evidence: string[]
  /** Why not every key was looked at: "looked at 100000 of 2000000 keys"; absent when every one was. */
  cutShort?: string
  /** How many keys were looked at; with `match` how many Redis was asked to look at. */
  looked: number
}

/** Once something is found, the counts of so many keys are evidence enough. */
const ENOUGH = 10_000

/**
 * Looks whether a flush would take job queues or sessions with it. Well-known keys are asked for by name, then all keys are
 * looked through within the limits; only names and types are read. With `match` (Redis's glob) it is about those keys alone.
 * @param limits `maxKeys`: how many keys may be looked at; `deadlineMs`: how long it may take, connection included
 * @throws CacheError when there is no connection; a look that was cut short is an `unknown`. The signal's reason
 */
export async function inspectRedis(
  url: string,
  limits: CacheLimits & {maxKeys: number; match?: string},
): Promise<RedisVerdict> {
  const findings = new Map<Precious, Map<string, string | undefined>>()
  let connected = false
  let looked = 0
  let size = 0
  let cutShort: string | undefined
  const judge = async (redis: Redis, keys: Buffer[]) => {
    for (const {key, precious, type} of await preciousAmong(redis, keys)) {
      const found = findings.get(precious) ?? new Map<string, string | undefined>()
      findings.set(precious, found.set(key, type))
    }
  }
  try {
    await withRedis(url, limits, async (redis, cut) => {
      // An answer to anything is what tells a connection from a port.
      size = Number(await redis.send('DBSIZE'))
      connected = true
      if (limits.match === undefined) await judge(redis, await existing(redis))
      for await (const keys of scan(redis, limits.match)) {
        cut.throwIfAborted()
        looked = limits.match === undefined ? looked + keys.length : Math.min(size, looked + SCAN_COUNT)
        await judge(redis, keys)
        const enough = findings.size > 0 ? Math.min(ENOUGH, limits.maxKeys) : limits.maxKeys
        if (looked < enough || looked >= size) continue
        cutShort = `looked at ${looked} of ${size} keys`
        return
      }
    })
  } catch (error) {
    if (!connected || !(error instanceof CacheError) || error.kind === 'auth') throw error
    cutShort = `looked at ${looked} of ${size} keys: ${error.message}`
  }
  const verdict = findings.size > 0 ? 'holds' : cutShort === undefined ? 'clear' : 'unknown'
  const evidence = [...findings].map(([precious, keys]) => describe(precious, keys, cutShort === undefined))
  return {verdict, evidence, looked, ...(cutShort === undefined ? {} : {cutShort})}
}

type Found = {key: string; precious: Precious; type?: string}

/** Those that are no cache's; the type is asked for only where the name alone does not tell. */
async function preciousAmong(redis: Redis, keys: Buffer[]): Promise<Found[]> {
  const found = await Promise.all(
    keys.map(async (bytes): Promise<Found | undefined> => {
      const key = bytes.toString('latin1')
      const fitting = preciousKeys.filter(({pattern}) => pattern.test(key))
      if (fitting.length === 0) return undefined
      const untyped = fitting.find(({types}) => !types)
      if (untyped) return {key, precious: untyped}
      const type = String(await redis.send('TYPE', bytes))
      const precious = fitting.find(({types}) => types?.includes(type))
      return precious && {key, precious, type}
    }),
  )
  return found.filter((each) => each !== undefined)
}

async function existing(redis: Redis): Promise<Buffer[]> {
  const names = preciousKeys.flatMap(({names}) => names ?? [])
  const there = await Promise.all(names.map(async (name) => Number(await redis.send('EXISTS', name)) > 0))
  return names.filter((_, at) => there[at]).map((name) => Buffer.from(name))
}

function describe({shown, whose}: Precious, keys: Map<string, string | undefined>, complete: boolean): string {
  const types = [...new Set([...keys.values()].filter((type) => type !== undefined))]
  const count = `${complete ? '' : 'at least '}${keys.size} ${keys.size === 1 ? 'key' : 'keys'}`
  return `${whose}: ${shown} (${[count, ...types].join(', ')})`
}
