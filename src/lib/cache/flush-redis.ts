import {withRedis, type CacheLimits, type Redis} from './redis.js'
import {scan} from './scan.js'

/** What a flush did. */
export type RedisFlushed = {
  /** How many keys went; `all`: the database was emptied, and Redis does not count. */
  removed: number | 'all'
  /** Keys (with `match`: such keys) that are there right afterwards: somebody writes them. */
  left: number
}

/**
 * Empties the database of the URL (`FLUSHDB`, never the server's others), or with `match` (Redis's glob, `cache:*`) removes
 * those keys: each that is there when it begins is gone when it ends. Then looks again. Safe to do twice.
 * @param options `onProgress`: called after each batch with the count of keys removed so far, with `match` only
 * @throws CacheError, after which some keys may be gone; the signal's reason
 */
export async function flushRedis(
  url: string,
  options: CacheLimits & {match?: string; onProgress?: (removed: number) => void},
): Promise<RedisFlushed> {
  const {match, onProgress} = options
  return withRedis(url, options, async (redis) => {
    if (match === undefined) {
      // The memory is freed beside other work: a large database would keep Redis from answering anybody for seconds.
      await redis.send('FLUSHDB', 'ASYNC')
      return {removed: 'all', left: Number(await redis.send('DBSIZE'))}
    }

    let removed = 0
    for await (const keys of scan(redis, match)) {
      if (keys.length === 0) continue
      removed += Number(await redis.send('UNLINK', ...keys))
      onProgress?.(removed)
    }
    return {removed, left: await count(redis, match)}
  })
}

async function count(redis: Redis, match: string): Promise<number> {
  const seen = new Set<string>()
  for await (const keys of scan(redis, match)) for (const key of keys) seen.add(key.toString('latin1'))
  return seen.size
}
