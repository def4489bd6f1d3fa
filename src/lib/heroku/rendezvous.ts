import {once} from 'node:events'
import {isIP} from 'node:net'
import {connect, type TLSSocket} from 'node:tls'

import {networkWords} from './network-words.js'
import {within} from './within.js'

export type RendezvousOptions = {
  signal: AbortSignal
  /** PEM of the authorities to trust instead of the usual ones. */
  ca?: string
  /** Real ms between bytes of ours: Heroku closes what is silent for an hour (platform-facts §5.2). */
  keepAliveMs?: number
}

/** An attached dyno could not be met, or the connection broke off. No secret in it. */
export class RendezvousError extends Error {
  override readonly name = 'RendezvousError'
}

const KEEP_ALIVE_MS = 10 * 60_000
const CONNECT_MS = 8000
/** Together within the 30 s after which Heroku gives up on the client (R13, platform-facts §5.2). */
const TRIES = 3
const PAUSE_MS = 1000
const GREETING_MS = 60_000
const LONGEST_GREETING = 64

/**
 * What an attached dyno writes, byte by byte as it comes, from behind the line `rendezvous` to the end of the connection
 * (platform-facts §5.2). How the process ended is not in it. Ends quietly when the signal aborts.
 * @throws RendezvousError when there is no way to the dyno, or the connection breaks off
 */
export async function* readRendezvous(
  attachUrl: string,
  {ca, keepAliveMs = KEEP_ALIVE_MS, signal}: RendezvousOptions,
): AsyncGenerator<Uint8Array> {
  const {hostname, host, pathname, port, protocol, search} = new URL(attachUrl)
  if (protocol !== 'rendezvous:') {
    throw new RendezvousError(`it is attached to by ${protocol.replace(':', '')}, which is not supported`)
  }

  const to = {host: hostname, port: Number(port || 5000), ...(ca ? {ca} : {})}
  const socket = await connectTo(to, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (!socket) return
  const hangUp = (): void => void socket.destroy()
  signal.addEventListener('abort', hangUp, {once: true})
  // Not more often than needed: a byte that meets a server that has closed may cost what it sent last.
  const beat = setInterval(() => socket.write('\n'), keepAliveMs)
  try {
    socket.write(`${pathname.slice(1)}${search}\r\n`)
    const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const first = await readGreeting(chunks, host, signal)
    if (first.length > 0) yield first
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof RendezvousError) throw error
    throw new RendezvousError(networkWords(error, host, {}))
  } finally {
    clearInterval(beat)
    signal.removeEventListener('abort', hangUp)
    socket.destroy()
  }
}

/** A connection to a host whose certificate is checked. Before the secret is sent it may be tried again. */
async function connectTo(to: {host: string; port: number; ca?: string}, signal: AbortSignal): Promise<TLSSocket> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted()
    const socket = connect({...to, ...(isIP(to.host) ? {} : {servername: to.host})})
    try {
      await within(once(socket, 'secureConnect'), signal, CONNECT_MS)
      // The reader hears of an error by itself; one that comes when nobody reads is nobody's news.
      return socket.on('error', () => {}).setNoDelay(true)
    } catch (error) {
      socket.on('error', () => {}).destroy()
      signal.throwIfAborted()
      const where = `${to.host}:${to.port}`
      if (tries === TRIES) throw new RendezvousError(`can't attach to it: ${networkWords(error, where, {})}`)
      await within(new Promise((resolve) => setTimeout(resolve, PAUSE_MS)), signal, PAUSE_MS * 2)
    }
  }
}

/** Reads the line `rendezvous`, however it is cut. @returns what came with it */
async function readGreeting(chunks: AsyncIterator<Buffer>, host: string, signal: AbortSignal): Promise<Buffer> {
  let read = Buffer.alloc(0)
  while (!read.includes('\n')) {
    const next = await within(chunks.next(), signal, GREETING_MS)
    if (next.done) throw new RendezvousError(`${host} hung up before the dyno was there`)
    read = Buffer.concat([read, next.value])
    if (!read.includes('\n') && read.length > LONGEST_GREETING) break
  }

  const end = read.indexOf('\n')
  if (read.subarray(0, Math.max(end, 0)).toString('latin1').trim() !== 'rendezvous') {
    throw new RendezvousError(`${host} does not answer as a rendezvous does`)
  }

  return read.subarray(end + 1)
}
