import type {Redis} from './redis.js'

/** How many keys Redis looks at for each answer: it does nothing else meanwhile. */
export const SCAN_COUNT = 2000

/** The keys of a database in batches, each at least once if it is there from the first to the last; `match` is Redis's glob. */
export async function* scan(redis: Redis, match?: string): AsyncGenerator<Buffer[]> {
  let cursor = '0'
  do {
    const filter = match === undefined ? [] : ['MATCH', match]
    const answer = await redis.send('SCAN', cursor, ...filter, 'COUNT', String(SCAN_COUNT))
    const [next, keys] = answer as [Buffer, Buffer[]]
    cursor = String(next)
    yield keys
  } while (cursor !== '0')
}
