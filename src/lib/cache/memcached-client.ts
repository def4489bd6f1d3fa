import {connect, type Socket} from 'node:net'

import {abortable} from '../run/abortable.js'

/*
 * As much of memcached's binary protocol as a flush needs, which is three requests. `memjs` is not used: it takes any answer to
 * a flush for a yes, waits for ever when the server closes the connection, and keeps one to a silent server open.
 */

const HEADER = 24
const REQUEST = 0x80
const RESPONSE = 0x81
const LONGEST_BODY = 1024 * 1024
const NO_MEMCACHED = "does not speak memcached's binary protocol"

/** Operations: `SASL auth`, `flush`. */
export const opcodes = {saslAuth: 0x21, flush: 0x08} as const

/** An answer's status (0: yes) and what it says. */
export type Answer = {status: number; said: string}

/** One connection, one request at a time. */
export type Memcached = {
  /** @throws Error of the socket, the signal's reason */
  ask(opcode: number, key?: string, value?: string): Promise<Answer>
}

/** A connection to `host:port`, which lasts until the signal aborts. @throws Error of the socket, the signal's reason */
export async function openMemcached(server: string, signal: AbortSignal): Promise<Memcached> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(server) ?? []
  const socket = connect({host, port: Number(port)})
  signal.addEventListener('abort', () => socket.destroy(), {once: true})
  const broken = new Promise<never>((_resolve, reject) => {
    socket.on('error', reject).on('close', () => reject(new Error('closed the connection')))
  })
  broken.catch(() => {})
  const next = reader(socket)
  const wait = <T>(work: Promise<T>): Promise<T> => abortable(Promise.race([work, broken]), signal)
  await wait(new Promise<void>((resolve) => socket.once('connect', () => resolve())))
  return {
    ask(opcode, key = '', value = '') {
      socket.write(request(opcode, key, value))
      return wait(next())
    },
  }
}

function request(opcode: number, key: string, value: string): Buffer {
  const body = Buffer.from(key + value)
  const header = Buffer.alloc(HEADER)
  header.writeUInt8(REQUEST, 0)
  header.writeUInt8(opcode, 1)
  header.writeUInt16BE(Buffer.byteLength(key), 2)
  header.writeUInt32BE(body.length, 8)
  return Buffer.concat([header, body])
}

/** The next answer that comes on the socket, each time it is called. */
function reader(socket: Socket): () => Promise<Answer> {
  let bytes = Buffer.alloc(0)
  let take: (() => void) | undefined
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    take?.()
  })
  return () =>
    new Promise((resolve, reject) => {
      take = () => {
        if (bytes.length > 0 && bytes[0] !== RESPONSE) return reject(new Error(NO_MEMCACHED))
        if (bytes.length < HEADER) return
        const length = bytes.readUInt32BE(8)
        if (length > LONGEST_BODY) return reject(new Error(NO_MEMCACHED))
        if (bytes.length < HEADER + length) return
        const before = HEADER + bytes.readUInt16BE(2) + bytes.readUInt8(4)
        resolve({status: bytes.readUInt16BE(6), said: bytes.toString('utf8', before, HEADER + length)})
        bytes = bytes.subarray(HEADER + length)
        take = undefined
      }
      take()
    })
}
