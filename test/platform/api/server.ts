import {createHash, randomUUID} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {json} from 'node:stream/consumers'
import type {Platform} from '../platform.js'
import {variantOf} from './accept.js'
import {ApiError} from './errors.js'
import {page} from './range.js'
import {findRoute, type Answer, type Route} from './route.js'

/** Serves the Platform API: who asks, how often, what, and the answer with the headers of platform-facts §9.1; resolves with it. */
export async function serveApi(
  platform: Platform,
  routes: Route[],
  req: IncomingMessage,
  res: ServerResponse,
): Promise<{status: number; body: unknown}> {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json; charset=utf-8',
    'Request-Id': [req.headers['request-id'], randomUUID()].flat().filter(Boolean).join(','),
    'RateLimit-Multiplier': '1',
    'RateLimit-Remaining': String(platform.rateLimit.remaining),
    Via: '1.1 spaces-router',
  }
  let status = 200
  let body: unknown
  try {
    const answer = await handle(platform, routes, req)
    const shown =
      'list' in answer ? page(answer.list as never[], answer.fields ?? ['id', 'name'], range(req)) : undefined
    status = answer.status ?? shown?.status ?? 200
    body = shown ? shown.items : 'body' in answer ? answer.body : undefined
    Object.assign(headers, shown?.headers, answer.headers)
  } catch (error) {
    const known = error instanceof ApiError ? error : internalError(error)
    status = known.status
    body = known.body
  }

  headers['RateLimit-Remaining'] = String(Math.floor(platform.rateLimit.remaining))
  const text = JSON.stringify(body)
  headers.Etag = `"${createHash('md5').update(text).digest('hex')}"`
  if (status === 200 && req.method === 'GET' && req.headers['if-none-match'] === headers.Etag) {
    res.writeHead(304, headers).end()
  } else res.writeHead(status, headers).end(text)
  return {status, body}
}

const range = (req: IncomingMessage): string | undefined => [req.headers.range].flat()[0]

async function handle(platform: Platform, routes: Route[], req: IncomingMessage): Promise<Answer> {
  const url = new URL(req.url ?? '/', 'http://localhost')
  if (passwordOf(req.headers.authorization) !== platform.apiKey) {
    req.resume()
    throw new ApiError(401, 'unauthorized', 'Invalid credentials provided.')
  }

  const found = findRoute(routes, req.method ?? 'GET', url.pathname)
  if (!found?.route.free && !platform.rateLimit.take()) {
    const text = 'Your account reached the API rate limit\nPlease wait a few minutes before making new requests'
    throw new ApiError(429, 'rate_limit', text, {url: 'https://devcenter.heroku.com/articles/platform-api-reference'})
  }

  const variant = variantOf(req.headers.accept)
  if (!found) {
    throw new ApiError(404, 'not_found', 'The requested API endpoint was not found. Are you using the right HTTP verb?')
  }

  const {params, route} = found
  return route.handler({
    platform,
    params,
    query: url.searchParams,
    variant,
    headers: req.headers,
    body: await bodyOf(req),
  })
}

export async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  if (req.headers['content-length'] === '0' || (!req.headers['content-length'] && !req.headers['transfer-encoding'])) {
    return {}
  }

  const parsed = await json(req).catch(() => undefined)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ApiError(400, 'bad_request', 'Unable to parse the JSON in the request body.')
  }

  return parsed as Record<string, unknown>
}

/** Bearer, or Basic with the token as password (platform-facts §6.1 shows both). */
export function passwordOf(authorization = ''): string {
  const [scheme, value = ''] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'basic') return value
  const pair = Buffer.from(value, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}

/** A mistake of the local Heroku itself: loud, so that a test that met it says so. */
function internalError(error: unknown): ApiError {
  process.stderr.write(`local Heroku: ${error instanceof Error ? error.stack : String(error)}\n`)
  return new ApiError(500, 'internal', 'Internal server error.')
}
