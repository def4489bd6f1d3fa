/** 4500 calls an hour and token, refilled by 75 a minute (platform-facts §9.2). */
export class RateLimit {
  remaining = 4500
  #refilled = Date.now()

  /** Counts one call; false when none is left. */
  take(): boolean {
    this.#refill()
    if (this.remaining < 1) return false
    this.remaining -= 1
    return true
  }

  #refill(): void {
    const minutes = Math.floor((Date.now() - this.#refilled) / 60_000)
    if (minutes < 1) return
    this.#refilled += minutes * 60_000
    this.remaining = Math.min(4500, this.remaining + minutes * 75)
  }
}
