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
  /** Lines before this moment were never asked for; in milliseconds since the epoch. */
  #since = Number.NaN
  #again = false

  get sawAnything(): boolean {
    return this.#seen.length > 0
  }

  /** `createdAt` is when the session began by the platform's clock; the guard compares from the second session on. */
  beginSession(createdAt: string, {again}: {again: boolean}): void {
    this.#again = again
    if (!again) this.#since = Date.parse(createdAt)
    this.#replayed = new Map()
    for (const line of this.#seen) this.#replayed.set(line, (this.#replayed.get(line) ?? 0) + 1)
  }

  /** `at` is the time the line carries, empty when it has none. */
  isNew(line: string, at: string): boolean {
    const time = Date.parse(at)
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

    this.#seen.push(line)
    if (this.#seen.length > RING) this.#seen.shift()
    return true
  }
}
