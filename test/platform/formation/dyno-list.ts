import type {Dyno} from './dyno.js'

/** The list of dynos, told with the lag the knob says. */
export class DynoList {
  readonly #lagMs: () => number
  #past: Array<{at: number; dynos: Dyno[]}> = []

  constructor(lagMs: () => number) {
    this.#lagMs = lagMs
  }

  record(dynos: Dyno[]): void {
    if (this.#lagMs() === 0) this.#past = []
    this.#past.push({at: Date.now(), dynos: dynos.map((dyno) => ({...dyno}))})
  }

  at(current: Dyno[]): Dyno[] {
    const lag = this.#lagMs()
    if (lag === 0) return current
    return this.#past.findLast(({at}) => at <= Date.now() - lag)?.dynos ?? this.#past[0]?.dynos ?? current
  }
}
