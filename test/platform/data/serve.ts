import {randomUUID} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {ApiError, notFound} from '../api/errors.js'
import {findRoute} from '../api/route.js'
import {bodyOf, passwordOf} from '../api/server.js'
import type {Platform} from '../platform.js'
import {dataRoutes} from './routes.js'

/**
 * Serves the Data API, on the port of the others: whoever names it to the stock CLI names a host without a port. What it does
 * not find it answers with HTML that is called JSON (platform-facts §6.1).
 */
export async function serveData(platform: Platform, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const headers = {'Content-Type': 'application/json;charset=utf-8', 'Request-Id': randomUUID()}
  try {
    const {status, body} = await handle(platform, req)
    res.writeHead(status, headers).end(JSON.stringify(body))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      res.writeHead(404, headers).end('<h1>Not Found</h1>')
    } else if (error instanceof ApiError) {
      res.writeHead(error.status, headers).end(JSON.stringify(error.body))
    } else {
      process.stderr.write(
        `local Heroku: the Data API fails: ${error instanceof Error ? error.stack : String(error)}\n`,
      )
      res.writeHead(500, headers).end(JSON.stringify({id: 'internal', message: 'Internal server error.'}))
    }
  }
}

async function handle(platform: Platform, req: IncomingMessage): Promise<{status: number; body: unknown}> {
  if (passwordOf(req.headers.authorization) !== platform.apiKey) {
    req.resume()
    throw new ApiError(401, 'unauthorized', 'Invalid credentials provided.')
  }

  const url = new URL(req.url ?? '/', 'http://localhost')
  const found = findRoute(dataRoutes, req.method ?? 'GET', url.pathname)
  const body = await bodyOf(req)
  if (!found) throw notFound('endpoint')
  const {params, route} = found
  const answer = await route.handler({
    platform,
    params,
    body,
    query: url.searchParams,
    variant: '3',
    headers: req.headers,
  })
  return {status: answer.status ?? 200, body: 'body' in answer ? answer.body : answer.list}
}
