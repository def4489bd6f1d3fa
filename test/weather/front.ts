import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

/**
 * What comes between: `limited` is a 429 that was not passed on. The others are passed on, and only the answer is spoilt: `html` is
 * the error page of a gateway, `portal` a page that says 200, `cut` a body without its end, `torn` JSON without its end, `silent`
 * no answer at all.
 */
export const KINDS = ['limited', 'html', 'portal', 'cut', 'torn', 'silent'] as const
export type Kind = (typeof KINDS)[number]

/** What reached the front, by `METHOD /path`: how often, how often it was passed on, how often its answer was spoilt. */
export type Counts = Map<string, {asked: number; passed: number; spoilt: number}>

export type Front = {
  url: string
  counts: Counts
  /** Spoils the first so many answers to each request. */
  weather(kind: Kind, times: number): void
} & AsyncDisposable

const PAGE = `<!DOCTYPE html>\n<html>\n<head><title>Bad
Gateway</title><script>alert("soup")</script></head>\n<body class="x"><h1>Bad gateway</h1>\n`

/** A server on loopback between a client and the local Heroku. */
export async function openFront(target: string): Promise<Front> {
  const counts: Counts = new Map()
  let now: {kind: Kind; times: number} | undefined
  const server = createServer((req, res) => {
    const key = `${req.method} ${new URL(req.url!, target).pathname}`
    const count = counts.get(key) ?? {asked: 0, passed: 0, spoilt: 0}
    counts.set(key, count)
    count.asked += 1
    const kind = now && count.asked <= now.times ? now.kind : undefined
    if (kind) count.spoilt += 1
    void serve(req, res, kind, count).catch(() => res.destroy())
  })

  async function serve(req: IncomingMessage, res: ServerResponse, kind: Kind | undefined, count: {passed: number}) {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    if (kind === 'limited') {
      const body = {id: 'rate_limit', message: 'Your account reached the API rate limit\nPlease wait a few minutes'}
      res.writeHead(429, {'content-type': 'application/json', 'ratelimit-remaining': '0'}).end(JSON.stringify(body))
      return
    }

    count.passed += 1
    const {'content-length': _, connection: __, host: ___, ...headers} = req.headers
    const response = await fetch(`${target}${req.url}`, {
      method: req.method!,
      headers: headers as Record<string, string>,
      body: chunks.length > 0 ? Buffer.concat(chunks) : null,
      redirect: 'manual',
    })
    const body = Buffer.from(await response.arrayBuffer())
    spoil(res, kind, {response, body, token: headers.authorization ?? ''})
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    weather(kind, times) {
      counts.clear()
      now = {kind, times}
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function spoil(
  res: ServerResponse,
  kind: Kind | undefined,
  {body, response, token}: {response: Response; body: Buffer; token: string},
): void {
  const half = body.subarray(0, Math.max(1, body.length >> 1))
  const json = {'content-type': 'application/json'}
  switch (kind) {
    case 'silent':
      return
    case 'html':
    case 'portal':
      // Proxies echo what they were sent.
      res.writeHead(kind === 'html' ? 502 : 200, {'content-type': 'text/html'}).end(`${PAGE}${token}</body></html>`)
      return
    case 'torn':
      res.writeHead(response.status, json).end(half)
      return
    case 'cut':
      res.writeHead(response.status, {...json, 'content-length': String(body.length + 10)})
      res.write(half, () => res.destroy())
      return
    default: {
      const range = response.headers.get('next-range')
      const type = response.headers.get('content-type') ?? 'application/json'
      const date = response.headers.get('date')
      const kept = {'content-type': type, ...(range ? {'next-range': range} : {}), ...(date ? {date} : {})}
      res.writeHead(response.status, kept).end(body)
    }
  }
}
