import type {LogLine} from '../../heroku/types.js'
import {messageOf} from '../../run/errors.js'
import type {Nap} from './nap.js'
import {type Witnesses, WitnessReader} from './witnesses.js'

/** Where the lines of a dyno come from. */
export type Source = {
  lines(signal: AbortSignal): AsyncIterable<LogLine>
  /** What the log holds of it by now, read anew; an attached dyno has none, and no line of the platform's. */
  log?(signal: AbortSignal): AsyncIterable<LogLine>
}

/** The lines of one dyno, read beside everything else; whoever naps is woken when they tell of its end. */
export class Reading {
  readonly #reader: WitnessReader
  readonly #source: Source
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  readonly #newReader: () => WitnessReader
  readonly #done: Promise<void>
  #ended = false
  /** Why lines could not be read, when they could not. */
  trouble: string | undefined

  constructor(
    {dyno, nonce, source}: {dyno: string; nonce: string; source: Source},
    {log, nap, signal}: {log(line: string): void; nap: Nap; signal: AbortSignal},
  ) {
    this.#source = source
    this.#newReader = () => new WitnessReader(dyno, nonce)
    this.#reader = this.#newReader()
    this.#signal = AbortSignal.any([signal, this.#over.signal])
    this.#done = this.#read(log, nap)
  }

  get seen(): Witnesses {
    return this.#reader.seen
  }

  /** All that can be told has been told. */
  get isComplete(): boolean {
    const {ours, platform} = this.seen
    return ours !== undefined && (this.#source.log ? platform !== undefined : this.#ended)
  }

  /** A tail may have lost what the log still holds. */
  async again(): Promise<void> {
    if (!this.#source.log) return
    const again = this.#newReader()
    try {
      for await (const line of this.#source.log(this.#signal)) again.read(line)
    } catch {
      return
    }

    this.#reader.adopt(again.seen)
  }

  async close(): Promise<void> {
    this.#over.abort()
    await this.#done
  }

  async #read(log: (line: string) => void, nap: Nap): Promise<void> {
    try {
      for await (const line of this.#source.lines(this.#signal)) {
        const {ended} = this.seen
        for (const text of this.#reader.read(line)) log(text)
        if (this.isComplete || this.seen.ended !== ended) nap.wake()
      }
    } catch (error) {
      this.trouble = messageOf(error)
      this.seen.lost = true
    }

    for (const text of this.#reader.end()) log(text)
    this.#ended = true
    nap.wake()
  }
}
