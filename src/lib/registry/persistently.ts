import pRetry from 'p-retry'
import type {Clock} from '../run/clock.js'
import {RegistryError} from './errors.js'

const TRIES = 5
const FIRST_WAIT_MS = 500
/** A registry that asks for more patience than this is given up. */
const LONGEST_WAIT_MS = 30_000
/** An upload that went wrong on the way, or was lost between the registry's machines: begun anew it may well work. */
const PASSING = new Set([
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'DIGEST_INVALID',
  'RANGE_INVALID',
  'SIZE_INVALID',
])

/** Does again what failed for a passing reason. Only for what may happen twice: every request we make to a registry. */
export async function persistently<T>(
  work: () => Promise<T>,
  {clock, signal}: {clock: Clock; signal: AbortSignal | undefined},
): Promise<T> {
  return pRetry(work, {
    retries: TRIES - 1,
    minTimeout: 0,
    maxTimeout: 0,
    shouldRetry: ({error}) => error instanceof RegistryError && isPassing(error),
    async onFailedAttempt({attemptNumber, error, retriesLeft}) {
      signal?.throwIfAborted()
      if (retriesLeft === 0 || !(error instanceof RegistryError) || !isPassing(error)) return
      await clock.sleep(error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attemptNumber - 1), signal)
    },
  })
}

function isPassing({codes, retryAfterMs = 0, status}: RegistryError): boolean {
  if (retryAfterMs > LONGEST_WAIT_MS) return false
  return (
    status === undefined || status >= 500 || status === 408 || status === 429 || codes.some((code) => PASSING.has(code))
  )
}
