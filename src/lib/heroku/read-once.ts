import type {APIClient} from '@heroku-cli/command'

import {apiUrl} from './api-login.js'
import {PlatformError, Unreadable} from './errors.js'
import {isSilence, networkWords} from './network-words.js'
import {oneLine} from './one-line.js'
import {within} from './within.js'

type Http = Awaited<ReturnType<APIClient['request']>>
type Headers = Http['headers']
/** What http-call throws for a status that is not 2xx, wrapped once more by APIClient when the body is Heroku's JSON. */
type HttpFailure = {http: Http | {http: Http}; body?: unknown}
type Asking = {heroku: APIClient; deadlineMs: number; signal: AbortSignal}

/** A read failed in a way that asking again may cure. */
export class Again extends Error {
  /** What to throw when it is asked no more. */
  readonly final: Error
  readonly limited: boolean
  readonly retryAfter: string | undefined
  /** Calls left of the budget, when the answer told. */
  readonly remaining: number | undefined
  /** Nothing came in all the time it had. */
  readonly silent: boolean

  constructor(final: Error, headers?: Headers) {
    super(final.message)
    this.final = final
    this.limited = final instanceof PlatformError && final.status === 429
    this.retryAfter = headers?.['retry-after']
    this.silent = final instanceof Unreadable && isSilence(final.cause)
    this.remaining = final instanceof PlatformError ? final.rateLimitRemaining : undefined
  }
}

/** One attempt at one page. @throws PlatformError, Again, Unreadable, or the signal's reason */
export async function readOnce(
  path: string,
  {accept, inclusion, range}: {accept: string; range?: string | undefined; inclusion?: string | undefined},
  {deadlineMs, heroku, signal}: Asking,
): Promise<{body: unknown; nextRange?: string}> {
  signal.throwIfAborted()
  const asked = {method: 'GET', path: path.replace(/\?$/, '')}
  const host = new URL(apiUrl(heroku)).host
  let http: Http | undefined
  let over = false
  // Raced, not aborted: http-call repeats a request that was aborted.
  const work = async () => {
    http = await request(heroku, path, {
      method: 'GET',
      headers: {accept, ...(range ? {range} : {}), ...(inclusion ? {'accept-inclusion': inclusion} : {})},
      timeout: deadlineMs,
      retryAuth: false,
      followRedirects: false,
      // The body is read here: http-call hangs on one that is cut short, and spoils characters split between chunks.
      raw: true,
    })
    if (over) http.response.destroy()
    return bodyOf(http)
  }

  try {
    const text = await within(work(), signal, deadlineMs)
    if (http!.statusCode >= 300) throw new PlatformError({...asked, status: http!.statusCode})
    const nextRange = http!.headers['next-range']
    return {body: JSON.parse(text) as unknown, ...(nextRange ? {nextRange: String(nextRange)} : {})}
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PlatformError) throw error
    if (isHttpFailure(error)) throw refusal(error, asked, heroku.auth)
    const words =
      error instanceof SyntaxError ? `${host} answered with something that is not JSON` : networkWords(error, host)
    const unreadable = new Unreadable({...asked, cause: new Error(words)})
    // http-call has repeated a connection that fails five times already.
    const repeated = !http && (error as {code?: unknown}).code !== undefined
    throw repeated ? unreadable : new Again(unreadable)
  } finally {
    over = true
    http?.response.destroy()
  }
}

/** `retries` is APIClient's own, unknown to its types: 1 keeps it from asking for a login or a second factor mid-run. */
function request(heroku: APIClient, path: string, options: APIClient.Options): Promise<Http> {
  const client = heroku.http as unknown as {
    request(url: string, options: APIClient.Options, retries: number): Promise<Http>
  }
  return client.request(path, options, 1)
}

async function bodyOf({response}: Http): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function isHttpFailure(error: unknown): error is HttpFailure {
  return typeof error === 'object' && error !== null && 'http' in error
}

function refusal({body, http}: HttpFailure, asked: {method: string; path: string}, token: string | undefined): Error {
  const {headers, statusCode} = 'http' in http ? http.http : http
  const error = new PlatformError({
    ...asked,
    status: statusCode,
    ...saidIn(body, token),
    rateLimitRemaining: remaining(headers['ratelimit-remaining']),
  })
  return statusCode === 429 || statusCode >= 500 ? new Again(error, headers) : error
}

/** Heroku's error body (platform-facts §9.4), or whatever else came in its place. */
export function saidIn(body: unknown, token: string | undefined): {id: string; said: string} {
  if (typeof body === 'string') return {id: '', said: oneLine(body, token)}
  const {id, message} = (body ?? {}) as {id?: unknown; message?: unknown}
  return {
    id: typeof id === 'string' ? oneLine(id, token) : '',
    said: typeof message === 'string' ? oneLine(message, token) : '',
  }
}

export function remaining(header: string | string[] | null | undefined): number | undefined {
  return header && /^\d+$/.test(String(header)) ? Number(header) : undefined
}
