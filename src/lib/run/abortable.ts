/** The promise, or the signal's reason as soon as it aborts: a read that hangs must not keep a run from stopping. Not for writes. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // The loser's failure is nobody's news.
  promise.catch(() => {})
  signal.throwIfAborted()
  let stop: () => void = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', stop, {once: true})
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
