import type {APIClient} from '@heroku-cli/command'
import {setMaxListeners} from 'node:events'
import pLimit from 'p-limit'
import pRetry from 'p-retry'

import type {Clock} from '../run/clock.js'
import {describeError} from './errors.js'
import {RATE_LIMIT_PATIENCE_MS, rateLimitWait, waitWords} from './rate-limit.js'
import {Again, readOnce} from './read-once.js'
import {acceptOf, type Variant} from './variant.js'

/** A `range` asks for one page only; `inclusion` for what an answer holds only on demand. */
export type ReadOptions = {variant?: Variant; range?: string; inclusion?: string}

/** Reads the JSON at a path of the Platform API. @throws PlatformError, Unreadable, or the signal's reason */
export type Read = (path: string, options?: ReadOptions) => Promise<unknown>

export type CallOptions = {
  heroku: APIClient
  clock: Clock
  signal: AbortSignal
  /** Told what is waited for, and how many ms. */
  onWait?: ((text: string, ms: number) => void) | undefined
  /** Of one attempt, body included. Real milliseconds: it guards a socket, it is no wait of the product. */
  deadlineMs: number
}

/** One attempt at one page; throws what `readOnce` throws. */
export type ReadPage = (path: string, how: Parameters<typeof readOnce>[1], options: CallOptions) => Promise<Page>
export type Page = Awaited<ReturnType<typeof readOnce>>

const RETRIES = 3
const BACKOFF_MS = 400
const CONCURRENT = 8

/**
 * Reads through the CLI's own client, behind a deadline, the signal and retries: of 429 as long as told, of 5xx, of bodies cut
 * short and of silence three times. Lists come whole: `Next-Range` is followed unless a range was asked for (platform-facts §9.3).
 * `readPage`: another way than through the client.
 */
export function createRead(options: CallOptions, readPage: ReadPage = readOnce): Read {
  const limit = pLimit(CONCURRENT)
  // Many listen at a time; Node would warn the user of a leak.
  setMaxListeners(0, options.signal)
  return (path, {inclusion, range, variant} = {}) =>
    limit(async () => {
      const how = {accept: acceptOf(variant), inclusion}
      const pageAt = (at: string | undefined) => readRetrying(path, {...how, range: at}, options, readPage)
      let page = await pageAt(range)
      if (range || !Array.isArray(page.body)) return page.body
      const all = [...(page.body as unknown[])]
      while (page.nextRange) {
        page = await pageAt(page.nextRange)
        all.push(...(page.body as unknown[]))
      }

      return all
    })
}

async function readRetrying(
  path: string,
  how: Parameters<typeof readOnce>[1],
  options: CallOptions,
  readPage: ReadPage,
): Promise<Page> {
  const {clock, onWait, signal} = options
  const patience = clock.now() + RATE_LIMIT_PATIENCE_MS
  let limited = 0
  try {
    return await pRetry(() => readPage(path, how, options), {
      retries: RETRIES,
      // The clock carries the waits, in shouldRetry.
      minTimeout: 0,
      shouldConsumeRetry: ({error}) => !(error instanceof Again && error.limited),
      async shouldRetry({error, retriesConsumed}) {
        if (!(error instanceof Again)) return false
        if (!error.limited) {
          const backoff = BACKOFF_MS * 2 ** retriesConsumed * (0.5 + Math.random())
          // Half a minute of nothing is worth a line; what is over at once is not.
          if (error.silent) onWait?.(`${describeError(error.final)}: trying again`, backoff)
          await clock.sleep(backoff, signal)
          return true
        }

        const wait = rateLimitWait(error.retryAfter, limited++, clock.now())
        if (clock.now() + wait > patience) return false
        onWait?.(waitWords(wait, error.remaining, {method: 'GET', path}), wait)
        await clock.sleep(wait, signal)
        return true
      },
    })
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof Again ? error.final : error
  }
}
