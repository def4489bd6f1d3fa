import {readFileSync} from 'node:fs'
import {connect, type TLSSocket} from 'node:tls'

/** What a client of an attached dyno saw. */
export type Seen = {
  socket: TLSSocket
  /** Each as it came. */
  chunks: Buffer[]
  /** All of it, the line `rendezvous` included. */
  text(): string
  /** Resolves with all of it when the server has hung up. @throws Error after 20 s */
  ended: Promise<string>
}

/** Attaches as Heroku's own clients do: TLS with a checked certificate, the secret in a line (platform-facts §5.2). */
export function attach(attachUrl: string, caFile: string, secret?: string): Seen {
  const {hostname, pathname, port} = new URL(attachUrl)
  const socket = connect({host: hostname, port: Number(port), ca: readFileSync(caFile), servername: hostname})
  const chunks: Buffer[] = []
  const text = () => Buffer.concat(chunks).toString()
  const ended = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`Still attached: ${JSON.stringify(text())}`))
    }, 20_000)
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(text())
    })
  })
  ended.catch(() => {})
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.once('secureConnect', () => socket.write(`${secret ?? pathname.slice(1)}\r\n`))
  return {socket, chunks, text, ended}
}
