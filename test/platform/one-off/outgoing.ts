import type {TLSSocket} from 'node:tls'
import type {Knobs} from '../knobs.js'

const greeting = Buffer.from('rendezvous\r\n')

/** Everything a client of an attached dyno is sent, in the pieces that the knobs ask for: each a TLS record of its own. */
export class Outgoing {
  readonly #client: TLSSocket
  readonly #knobs: Knobs
  #greeting: Buffer = greeting
  #left: number
  #sent = Promise.resolve()

  constructor(client: TLSSocket, knobs: Knobs) {
    this.#client = client
    this.#knobs = knobs
    this.#left = knobs.rendezvousCutAfterBytes || Infinity
    if (!knobs.rendezvousJoinsFirst) this.#greet()
  }

  write(bytes: Buffer): void {
    if (bytes.length === 0 || this.#left === 0) return
    const allowed = bytes.subarray(0, this.#left)
    this.#left -= allowed.length
    const [first = allowed, ...more] = pieces(allowed, this.#knobs.rendezvousSplitAfter)
    this.#later(Buffer.concat([this.#greeting, first]))
    this.#greeting = Buffer.alloc(0)
    for (const piece of more) this.#later(piece)
    if (this.#left === 0) void this.#sent.then(() => this.#client.destroy())
  }

  end(): void {
    this.#greet()
    void this.#sent.then(() => this.#client.end())
  }

  #greet(): void {
    if (this.#greeting.length > 0) this.#later(this.#greeting)
    this.#greeting = Buffer.alloc(0)
  }

  /** Two writes at once would make one record. */
  #later(bytes: Buffer): void {
    this.#sent = this.#sent.then(
      () => new Promise((resolve) => (this.#client.destroyed ? resolve() : this.#client.write(bytes, () => resolve()))),
    )
  }
}

/** Cut behind each occurrence of the mark. */
function pieces(bytes: Buffer, mark: Buffer | undefined): Buffer[] {
  const found: Buffer[] = []
  let rest = bytes
  for (;;) {
    const at = mark ? rest.indexOf(mark) : -1
    if (at === -1) break
    const end = at + (mark?.length ?? 0)
    found.push(rest.subarray(0, end))
    rest = rest.subarray(end)
  }

  return rest.length > 0 ? [...found, rest] : found
}
