/** No answer in the time given. */
export class Silence extends Error {
  override readonly name = 'TimeoutError'
}

/**
 * The outcome of some work, or an end of waiting for it: Silence after so many real milliseconds, the signal's reason when it
 * aborts. The work itself goes on.
 */
export async function within<T>(work: Promise<T>, signal: AbortSignal, ms: number): Promise<T> {
  work.catch(() => {})
  signal.throwIfAborted()
  let stop = () => {}
  const cut = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Silence('no answer in time')), ms)
    const onAbort = () => reject(reasonOf(signal))
    signal.addEventListener('abort', onAbort, {once: true})
    stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  })
  try {
    return await Promise.race([work, cut])
  } finally {
    stop()
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
}
