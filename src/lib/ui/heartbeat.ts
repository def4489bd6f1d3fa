import type {Clock} from '../run/clock.js'

/** CI systems end jobs that say nothing for minutes; a person wants to know that it still goes on. Milliseconds. */
const SILENCE = 60_000

/** Calls `beat` after each minute in which `spoke` was not called, until `stop` is. */
export function startHeartbeat(clock: Clock, beat: () => void): {spoke(): void; stop(): void} {
  const stopping = new AbortController()
  let last = clock.now()

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const silent = clock.now() - last
      if (silent >= SILENCE) {
        beat()
        last = clock.now()
      } else {
        await clock.sleep(SILENCE - silent, stopping.signal)
      }
    }
  }

  // It rejects when it is stopped; and nothing a display does may end a run.
  watch().catch(() => {})
  return {
    spoke() {
      last = clock.now()
    },
    stop: () => stopping.abort(),
  }
}
