import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export type Seen = {method: string; path: string; headers: IncomingMessage['headers']; body: string}
export type Answer = (req: IncomingMessage, res: ServerResponse, seen: Seen) => void

/** A real HTTP server on loopback that notes what reaches it and answers as the test says. */
export async function startServer(
  answer: Answer,
): Promise<{url: string; host: string; seen: Seen[]; close(): Promise<void>}> {
  const seen: Seen[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('error', () => {})
    req.on('end', () => {
      const one = {method: req.method!, path: req.url!, headers: req.headers, body: Buffer.concat(chunks).toString()}
      seen.push(one)
      answer(req, res, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {url: `http://${host}`, host, seen, close: () => close(server)}
}

/** An address on which nobody listens. */
export async function deadAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await close(server)
  return `127.0.0.1:${port}`
}

export function json(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(body))
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
