import type {Clock} from '../../run/clock.js'

/** A wait that somebody else may end: a log line can tell sooner than the next poll. */
export class Nap {
  #waking = new AbortController()

  /** Ends early when woken or when the signal aborts; never rejects. */
  async sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    this.#waking = new AbortController()
    await clock.sleep(ms, AbortSignal.any([signal, this.#waking.signal])).catch(() => {})
  }

  wake(): void {
    this.#waking.abort()
  }
}
