import {createServer, type RequestListener, type Server} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {createServer as createRawServer, type Server as RawServer, type Socket} from 'node:net'
import {afterEach} from 'vitest'

import {throwAwayCertificate} from '../platform/one-off/certificate.js'

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function listening(server: RawServer, close: () => void = () => {}): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  closing.push(() => {
    close()
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A web server that goes away with the test; resolves with its URL. */
export async function webServer(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  return `http://127.0.0.1:${await listening(server)}`
}

/** The same over TLS; `ca` is what a client must trust, `names` are those that clients asked for (SNI). */
export async function tlsServer(
  listener: RequestListener,
  hosts: string[],
): Promise<{port: number; ca: string; names: string[]}> {
  const {ca, cert, key} = throwAwayCertificate(hosts)
  const names: string[] = []
  const SNICallback = (name: string, done: (error: null, context?: undefined) => void): void => {
    names.push(name)
    done(null)
  }
  const server = createTlsServer({cert, key, SNICallback}, listener)
  server.on('tlsClientError', () => {})
  return {ca, names, port: await listening(server)}
}

/** Whatever is done with a bare connection. */
export async function rawServer(onConnection: (socket: Socket) => void): Promise<number> {
  return listening(createRawServer(onConnection))
}
