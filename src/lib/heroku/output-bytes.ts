/** Enough of the beginning to recognise it. */
const HEAD = 4096

/**
 * Bytes of a release phase's output that comes as plain text, over any number of connections: what was seen is left out
 * whether the server resumed at our offset (206, or 200 from a server that says it so) or began again.
 */
export class OutputBytes {
  /** Bytes given out so far; goes into `Range`. */
  offset = 0
  #head = Buffer.alloc(0)
  /** Bytes of this connection to leave out; undefined while it is open whether it began again. */
  #skip: number | undefined = 0
  #doubtful = Buffer.alloc(0)

  /** A new connection. `start` is the offset its body begins with, undefined when the server does not say. */
  reconnect(start: number | undefined): void {
    this.#skip = this.offset === 0 ? 0 : start === undefined ? undefined : Math.max(0, this.offset - start)
    this.#doubtful = Buffer.alloc(0)
  }

  push(chunk: Uint8Array): Buffer {
    // NUL is the keep-alive (platform-facts §1.8); it counts in no offset.
    const bytes = Buffer.from(chunk.includes(0) ? chunk.filter((byte) => byte !== 0) : chunk)
    return this.#skip === undefined ? this.#decide(bytes) : this.#pass(bytes)
  }

  /** What was still held back when the body ended. */
  end(): Buffer {
    if (this.#skip !== undefined) return Buffer.alloc(0)
    this.#skip = 0
    return this.#pass(this.#doubtful)
  }

  #decide(bytes: Buffer): Buffer {
    const body = (this.#doubtful = Buffer.concat([this.#doubtful, bytes]))
    const known = Math.min(body.length, this.#head.length)
    const same = body.subarray(0, known).equals(this.#head.subarray(0, known))
    if (same && known < this.#head.length) return Buffer.alloc(0)
    this.#skip = same ? this.offset : 0
    return this.#pass(body)
  }

  #pass(bytes: Buffer): Buffer {
    const fresh = bytes.subarray(this.#skip)
    this.#skip = Math.max(0, this.#skip! - bytes.length)
    if (this.#head.length < HEAD) this.#head = Buffer.concat([this.#head, fresh]).subarray(0, HEAD)
    this.offset += fresh.length
    return fresh
  }
}
