/** The waits of the platform itself, in its own milliseconds: `speed` 10 makes a minute last six seconds. */
export class PlatformTime {
  readonly #speed: number
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(speed: number) {
    this.#speed = speed
  }

  real(ms: number): number {
    return ms / this.#speed
  }

  /** Calls back after that long, unless the returned function is called or the platform stops first. */
  after(ms: number, callBack: () => void): () => void {
    return this.afterReal(this.real(ms), callBack)
  }

  /** As `after`, in real milliseconds. */
  afterReal(ms: number, callBack: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      callBack()
    }, ms)
    this.#timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.#timers.delete(timer)
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
