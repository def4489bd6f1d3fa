import type {IncomingHttpHeaders} from 'node:http'
import type {Platform} from '../platform.js'
import type {Variant} from './accept.js'

/** One request to the Platform API, as its handler sees it. */
export type Ask = {
  platform: Platform
  params: Record<string, string>
  query: URLSearchParams
  variant: Variant
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
}

/** `list` is paged by Range; `fields` are the ones it can be sorted by, the default first. */
export type Answer = {
  status?: number
  headers?: Record<string, string>
} & ({body: unknown} | {list: object[]; fields?: string[]})

export type Handler = (ask: Ask) => Answer | Promise<Answer>
export type Route = {method: string; pattern: RegExp; names: string[]; handler: Handler; free: boolean}

/** `route('GET', '/apps/:app/dynos', …)`; `free` calls do not count against the rate limit. */
export function route(method: string, template: string, handler: Handler, {free = false} = {}): Route {
  const names = [...template.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  return {method, names, handler, free, pattern: new RegExp(`^${template.replaceAll(/:\w+/g, '([^/]+)')}/?$`)}
}

/** The route for this request, with its parameters decoded. */
export function findRoute(
  routes: Route[],
  method: string,
  path: string,
): {route: Route; params: Record<string, string>} | undefined {
  for (const candidate of routes) {
    const match = candidate.method === method ? candidate.pattern.exec(path) : null
    if (!match) continue
    const params = Object.fromEntries(candidate.names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')]))
    return {route: candidate, params}
  }
}
