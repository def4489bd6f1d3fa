import type {Clock} from './clock.js'

export type OnceOptions<T> = {
  /** The write. Its own errors that are neither unknown nor not-sent are definite: nothing happened. */
  call(): Promise<T>
  /** Looks whether the effect is there; undefined when it is not (yet). */
  lookUp(): Promise<T | undefined>
  clock: Clock
  /** Aborted, it looks once more and waits no longer. */
  signal?: AbortSignal
  /** Waits before each look, in milliseconds; their sum is how late an effect may show. */
  settleMs?: number[]
  /** Only for absolute, idempotent writes: may go out a second time after looking found nothing. */
  resend?: boolean
  isUnknown(error: unknown): boolean
  isNotSent(error: unknown): boolean
}

const SETTLE_MS = [250, 500, 1000, 2000, 4000, 8000, 15_000]

/**
 * Carries a write that must not happen twice. When its outcome is unknown the world is asked, again and again, before anything
 * else; what is found there is the result. Nothing found: with `resend` it goes out once more, else the unknown error is thrown.
 * A look that fails says nothing, so it never leads to a second call. A write that never left is tried again in the same time.
 * @throws the definite error, or the one that says that the outcome is unknown
 */
export async function exactlyOnce<T>(options: OnceOptions<T>): Promise<T> {
  const {isUnknown, resend = false} = options
  try {
    return await callUntilSent(options)
  } catch (error_) {
    if (!isUnknown(error_)) throw error_
    const first = await settle(options)
    if (first.found !== undefined) return first.found
    if (!resend || !first.certain || options.signal?.aborted) throw error_
    try {
      return await options.call()
    } catch (error) {
      // Refused or not sent now: what the first one did is as unknown as before.
      if (!isUnknown(error)) throw error_
      const second = await settle(options)
      if (second.found !== undefined) return second.found
      throw error
    }
  }
}

async function callUntilSent<T>({call, clock, isNotSent, settleMs = SETTLE_MS, signal}: OnceOptions<T>): Promise<T> {
  for (const wait of settleMs) {
    try {
      return await call()
    } catch (error) {
      if (!isNotSent(error) || signal?.aborted) throw error
      try {
        await clock.sleep(wait, signal)
      } catch {
        throw error
      }
    }
  }

  return call()
}

/** Looks at growing intervals. `certain` when the last look answered that nothing is there. */
async function settle<T>({
  clock,
  lookUp,
  settleMs = SETTLE_MS,
  signal,
}: OnceOptions<T>): Promise<{found?: T; certain: boolean}> {
  let certain = false
  for (const wait of settleMs) {
    const waited = await clock.sleep(wait, signal).then(
      () => true,
      () => false,
    )
    try {
      const found = await lookUp()
      if (found !== undefined) return {found, certain: true}
      certain = true
    } catch {
      certain = false
    }

    if (!waited) break
  }

  return {certain}
}
