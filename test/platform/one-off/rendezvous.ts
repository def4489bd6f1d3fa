import {randomBytes} from 'node:crypto'
import type {AddressInfo, Socket} from 'node:net'
import {createServer, type Server, type TLSSocket} from 'node:tls'
import {throwAwayCertificate, type ServerCertificate} from './certificate.js'

/** Where the client of one attached dyno and its process meet. */
export type MeetingPlace = {
  /** `rendezvous://localhost:PORT/SECRET` */
  url: string
  /** The first client that knew the secret, paused; undefined once the place was closed. */
  client: Promise<TLSSocket | undefined>
  close(): void
}

const longestSecret = 1024
/** For the secret to come, in real milliseconds. */
const secretMs = 10_000

let certificate: ServerCertificate | undefined
/** One for all platforms of this process: they live on the same loopback. */
const ownCertificate = () => (certificate ??= throwAwayCertificate(['localhost', '127.0.0.1']))

/** The server that joins clients to attached dynos: TLS, the secret in a line, then raw bytes (platform-facts §5.2). */
export class Rendezvous {
  readonly #server: Server
  readonly #arrivals = new Map<string, (client: TLSSocket) => void>()
  readonly #sockets = new Set<Socket>()

  constructor() {
    const {cert, key} = ownCertificate()
    this.#server = createServer({cert, key}, (client) => this.#greet(client))
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** PEM: what a client must trust. */
  get ca(): string {
    return ownCertificate().ca
  }

  /** On a port of its own of IPv4 loopback. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  open(): MeetingPlace {
    const secret = randomBytes(24).toString('hex')
    const {port} = this.#server.address() as AddressInfo
    let close = () => {}
    const client = new Promise<TLSSocket | undefined>((resolve) => {
      this.#arrivals.set(secret, resolve)
      close = () => {
        this.#arrivals.delete(secret)
        resolve(undefined)
      }
    })
    return {url: `rendezvous://localhost:${port}/${secret}`, client, close: () => close()}
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #greet(client: TLSSocket): void {
    let read = Buffer.alloc(0)
    // Whoever hangs up rudely is gone like any other: `close` tells.
    client.on('error', () => {})
    client.setNoDelay(true)
    client.setTimeout(secretMs, () => client.destroy())
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk])
      const end = read.indexOf('\r\n')
      if (end === -1 && read.length <= longestSecret) return
      client.off('data', onData).pause()
      const secret = read.subarray(0, Math.max(end, 0)).toString()
      const arrive = this.#arrivals.get(secret)
      if (!arrive) {
        client.destroy()
        return
      }

      this.#arrivals.delete(secret)
      if (read.length > end + 2) client.unshift(read.subarray(end + 2))
      arrive(client)
    }

    client.on('data', onData)
  }
}
