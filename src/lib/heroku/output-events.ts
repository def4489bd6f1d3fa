import {createParser} from 'eventsource-parser'

/**
 * Bytes of a release phase's output that comes as server-sent events. Ids are offsets where the event ends, with or without
 * the newline that framing takes away, or just numbers: then each event is a line. Events that came before are left out.
 */
export class OutputEvents {
  /** Of the last event; goes into `Last-Event-Id`. */
  lastId: string | undefined
  #idsAreOffsets = true
  #ready: Buffer[] = []
  #parser = this.#newParser()

  /** A new connection: half an event of the one before is gone. */
  reconnect(): void {
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
    const end = Number(id)
    const last = Number(this.lastId ?? 0)
    if (id !== undefined && this.lastId !== undefined && end <= last) return
    const grown = end - last
    this.#idsAreOffsets &&= grown === data.length || grown === data.length + 1
    const newline = this.#idsAreOffsets && grown === data.length ? '' : '\n'
    if (id !== undefined) this.lastId = id
    this.#ready.push(Buffer.from(data + newline, 'latin1'))
  }
}
