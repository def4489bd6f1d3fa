/** What the platform keeps of a log (platform-facts §8.1). */
export const RING = 1500

/**
 * Tells which lines of a new log session were not given out yet. A session that broke off is followed by one that back-fills
 * the whole ring, so that nothing is lost in between; what was seen, and what is older than the first session, is left out.
 */
export class ReplayGuard {
  #seen: string[] = []
  /** How often each seen line may come again in this session. */
  #replayed = new Map<string, number>()
  /** Lines before this moment were never asked for; in microseconds since the epoch, as all times here. */
  #since = Number.NaN
  #again = false
  /** The time of the newest line given out. */
  #newest = Number.NaN
  /** No line of this session has told yet whether the ring reaches back to what was seen. */
  #reachUnknown = false

  get sawAnything(): boolean {
    return this.#seen.length > 0
  }

  /** `createdAt` is when the session began by the platform's clock; the guard compares from the second session on. */
  beginSession(createdAt: string, {again}: {again: boolean}): void {
    this.#again = again
    if (!again) this.#since = microsOf(createdAt)
    this.#reachUnknown = again && this.sawAnything
    this.#replayed = new Map()
    for (const line of this.#seen) this.#replayed.set(line, (this.#replayed.get(line) ?? 0) + 1)
  }

  /**
   * Asked before `isNew`: whether the ring begins with this line and after all that was seen, so that lines may be lost in
   * between. Also true when exactly a ring of lines came meanwhile: nothing tells that from a loss.
   */
  isAfterGap(line: string, at: string): boolean {
    const replayed = this.#replayed.has(line)
    if (!this.#reachUnknown || (!replayed && at === '')) return false
    this.#reachUnknown = false
    return !replayed && !(microsOf(at) <= this.#newest)
  }

  /** `at` is the time the line carries, empty when it has none. */
  isNew(line: string, at: string): boolean {
    const time = microsOf(at)
    if (this.#again) {
      const left = this.#replayed.get(line) ?? 0
      if (left > 0) {
        this.#replayed.set(line, left - 1)
        return false
      }

      if (time < this.#since) return false
    } else if (time < this.#since) {
      this.#since = time
    }

    if (at !== '' && !(time <= this.#newest)) this.#newest = time
    this.#seen.push(line)
    if (this.#seen.length > RING) this.#seen.shift()
    return true
  }
}

/** A Date keeps milliseconds; several lines come within one. */
function microsOf(at: string): number {
  const beyondMillis = /\.\d{3}(\d{1,3})/.exec(at)?.[1] ?? ''
  return Date.parse(at) * 1000 + Number(beyondMillis.padEnd(3, '0'))
}
