import {createParser} from 'eventsource-parser'

/**
 * Bytes of a release phase's output that comes as server-sent events. Ids are offsets where the event ends, with or without
 * the newline that framing takes away, or just numbers: then each event is a line. What came before is left out, whether the
 * server resumed behind `Last-Event-Id` or began again.
 */
export class OutputEvents {
  /** Of the last event; goes into `Last-Event-Id`. */
  lastId: string | undefined
  #idsAreOffsets = true
  /** Where the next event of this connection begins; unknown before its first. */
  #at: number | undefined
  #ready: Buffer[] = []
  #parser = this.#newParser()

  /** A new connection: half an event of the one before is gone. */
  reconnect(): void {
    this.#at = undefined
    this.#parser = this.#newParser()
  }

  push(chunk: Uint8Array): Buffer[] {
    // Latin-1 keeps every byte, so a character that is split between two events is put together again later.
    this.#parser.feed(Buffer.from(chunk).toString('latin1'))
    return this.#ready.splice(0)
  }

  #newParser() {
    return createParser({onEvent: ({data, id}) => this.#take(data, id)})
  }

  #take(data: string, id: string | undefined): void {
    if (id === undefined || !/^\d+$/.test(id)) return this.#give(`${data}\n`, id)
    const end = Number(id)
    const seen = Number(this.lastId ?? 0)
    const starts = this.#at === undefined ? [seen, 0] : [this.#at]
    const fits = (start: number) => end - start === data.length || end - start === data.length + 1
    const start = this.#idsAreOffsets ? starts.find((one) => fits(one)) : undefined
    this.#idsAreOffsets = start !== undefined
    this.#at = end
    if (end <= seen) return
    const whole = start !== undefined && end - start === data.length ? data : `${data}\n`
    this.#give(start === undefined ? whole : whole.slice(Math.max(0, seen - start)), id)
  }

  #give(latin: string, id: string | undefined): void {
    if (id !== undefined) this.lastId = id
    this.#ready.push(Buffer.from(latin, 'latin1'))
  }
}
