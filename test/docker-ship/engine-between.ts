import {mkdtemp, rm} from 'node:fs/promises'
import {connect, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'

import type {TestContext} from 'vitest'

/** A wire tap on an engine's socket: what it is asked, as `POST /build?…`, oldest first. */
export type Tapped = {host: string; asked: string[]}

const REQUEST_LINE = /^(?:GET|POST|DELETE|PUT|HEAD) \S+(?= HTTP\/1\.1\r\n)/

/** Everything passes to the real engine and back; `rewrite` may change a request line on its way. */
export async function tapped(ctx: TestContext, host: string, rewrite = (line: string) => line): Promise<Tapped> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tapped-'))
  const asked: string[] = []
  const server = createServer({allowHalfOpen: true}, (client) => {
    const engine = connect({path: host.replace('unix://', ''), allowHalfOpen: true})
    client.on('data', (chunk: Buffer) => {
      // A request begins a packet of its own: one connection, one request at a time.
      const line = REQUEST_LINE.exec(chunk.toString('latin1'))?.[0]
      if (!line) return void engine.write(chunk)
      asked.push(line)
      engine.write(Buffer.concat([Buffer.from(rewrite(line), 'latin1'), chunk.subarray(line.length)]))
    })
    client.on('end', () => engine.end())
    engine.pipe(client)
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  })
  const socket = path.join(folder, 'docker.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  ctx.onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, {recursive: true, force: true})
  })
  return {host: `unix://${socket}`, asked}
}
