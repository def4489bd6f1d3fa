import type {Clock} from '../../src/lib/run/clock.js'

/** A clock that stands still until it is told to go on. */
export function fakeClock(): Clock & {advance(ms: number): Promise<void>} {
  let now = 0
  let sleepers: Array<{until: number; wake: () => void}> = []

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const onAbort = () => reject(signal?.reason)
        signal?.addEventListener('abort', onAbort, {once: true})
        sleepers.push({
          until: now + ms,
          wake() {
            signal?.removeEventListener('abort', onAbort)
            resolve()
          },
        })
      }),
    async advance(ms) {
      const end = now + ms
      await settled()
      for (;;) {
        const next = sleepers.filter(({until}) => until <= end).sort((a, b) => a.until - b.until)[0]
        if (!next) break
        sleepers = sleepers.filter((sleeper) => sleeper !== next)
        now = next.until
        next.wake()
        await settled()
      }
      now = end
    },
  }
}

/** Whatever was woken has run as far as it can. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
