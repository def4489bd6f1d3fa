import {once} from 'node:events'
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net'
import {inspect} from 'node:util'

import {createClient} from '@redis/client'
import {expect} from 'vitest'

import type {CacheError} from '../../src/lib/cache/errors.js'

/** Somebody else's connection to a Redis, who writes and looks. */
export async function witness(url: string) {
  const client = createClient({url, socket: {reconnectStrategy: false, rejectUnauthorized: false}})
  client.on('error', () => {})
  await client.connect()
  return client
}

export type Witness = Awaited<ReturnType<typeof witness>>

/** Writes `count` keys `<prefix>0`…, as a cache would. */
export const fill = (redis: Witness, prefix: string, count: number) =>
  redis.eval(`for i = 0, ARGV[2] - 1 do redis.call('SET', ARGV[1] .. i, 'cached') end`, {
    arguments: [prefix, String(count)],
  })

/** A server on loopback and the connections that are open to it. */
export type Listener = {port: number; open: Set<Socket>; stop(): Promise<void>}

export async function listen(server: Server): Promise<Listener> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket.on('error', () => {}).on('close', () => open.delete(socket)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    open,
    async stop() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Takes connections and never says a word. */
export const silent = () => listen(createServer((socket) => void socket.resume()))

/** Answers each command with these bytes of Redis's protocol; undefined: not at all. */
export function scripted(answer: (...command: string[]) => string | undefined): Promise<Listener> {
  return listen(
    createServer((socket) => {
      let text = ''
      socket.setEncoding('latin1').on('data', (chunk) => {
        text += String(chunk)
        for (;;) {
          const head = /^\*(\d+)\r\n/.exec(text)
          if (!head) return
          const command: string[] = []
          let at = head[0].length
          while (command.length < Number(head[1])) {
            const size = /^\$(\d+)\r\n/.exec(text.slice(at))
            const from = at + (size?.[0].length ?? 0)
            const to = from + Number(size?.[1])
            if (!size || text.length < to + 2) return
            command.push(text.slice(from, to))
            at = to + 2
          }
          text = text.slice(at)
          const bytes = answer(...command)
          if (bytes !== undefined) socket.write(bytes)
        }
      })
    }),
  )
}

/** The error of some work; it holds none of the secrets, however it is printed. */
export async function troubleOf(work: Promise<unknown>, ...secrets: string[]): Promise<CacheError> {
  const error: unknown = await work.then(
    (value) => expect.fail(`came to ${inspect(value)}`),
    (error_: unknown) => error_,
  )
  const shown = inspect(error, {depth: Infinity, showHidden: true}) + JSON.stringify(error)
  for (const secret of secrets) expect(shown).not.toContain(secret)
  return error as CacheError
}

/** For what should not come to its deadline. */
export const patience = {deadlineMs: 30_000, signal: new AbortController().signal}
/** For what comes to its deadline. */
export const haste = {deadlineMs: 300, signal: new AbortController().signal}
