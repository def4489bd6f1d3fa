import type {APIClient} from '@heroku-cli/command'
import {randomUUID} from 'node:crypto'

import {apiUrl, isTrusted, tokenOf} from './api-login.js'
import type {CallOptions} from './call.js'
import {type Asked, NotSent, OutcomeUnknown, PlatformError} from './errors.js'
import {neverLeft, networkWords} from './network-words.js'
import {RATE_LIMIT_PATIENCE_MS, rateLimitWait, waitWords} from './rate-limit.js'
import {remaining, saidIn} from './read-once.js'
import {acceptOf, type Variant} from './variant.js'
import {Silence} from './within.js'

/** A write as it goes out, and what came back. `body` undefined: without one. */
export type Write = Asked & {variant: Variant; body: unknown}
export type Answer = {body: unknown; warning?: string}

/** @throws PlatformError when refused, OutcomeUnknown when the answer is lost, NotSent when it never left, or the signal's reason before it left */
export type SendOnce = (write: Write) => Promise<Answer>

export type SendOptions = CallOptions & {
  fetch: typeof fetch
  token?: string | undefined
  /** Of another API than the Platform API: `https://api.data.heroku.com`. */
  origin?(): string
}

/**
 * Sends writes that must not happen twice. The CLI's own client repeats POST and PATCH after a lost connection
 * (platform-facts §9.5); this never does. Only a 429, which certainly had no effect, is waited for and sent again.
 * Once a write is on its way the signal no longer matters: its outcome is worth more than the time.
 */
export function createSendOnce(options: SendOptions): SendOnce {
  const {clock, onWait, signal} = options
  return async (write) => {
    const patience = clock.now() + RATE_LIMIT_PATIENCE_MS
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      const response = await send(write, options)
      if (response.status !== 429) return judge(write, response)
      const wait = rateLimitWait(response.retryAfter, attempt, clock.now())
      const refused = refusal(write, response)
      if (clock.now() + wait > patience) throw refused
      onWait?.(waitWords(wait, refused.rateLimitRemaining, write), wait)
      await clock.sleep(wait, signal)
    }
  }
}

export type Response = {status: number; text: string; headers: Headers; retryAfter: string | undefined; token: string}

/** One request, whatever its answer. @throws NotSent, OutcomeUnknown, PlatformError without a login */
export async function send(write: Write, options: SendOptions): Promise<Response> {
  const {body, method, path, variant} = write
  const {deadlineMs, fetch, heroku, origin} = options
  const url = new URL(path, origin?.() ?? apiUrl(heroku))
  const trusted = isTrusted(url.hostname)
  // Another host gets only the login that HEROKU_HEADERS holds for it, as from the CLI's own client.
  if (!trusted && !headersFor(heroku, {}).has('authorization')) {
    throw new NotSent({
      ...write,
      cause: new Error(
        `${url.host} is not a host of Heroku, it must not see the login: check ${origin ? 'HEROKU_DATA_HOST' : 'HEROKU_HOST'}`,
      ),
    })
  }

  const token = options.token ?? (await tokenOf(heroku))
  if (!token) throw new PlatformError({method, path, status: 401, id: 'unauthorized', said: 'nobody is logged in'})
  const headers = headersFor(heroku, {
    accept: acceptOf(variant),
    ...(trusted && {authorization: `Bearer ${token}`}),
    ...(body !== undefined && {'content-type': 'application/json'}),
    'request-id': randomUUID(),
  })
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new Silence('no answer in time')), deadlineMs)
  try {
    const {signal} = controller
    const response = await fetch(url, {method, headers, body: JSON.stringify(body) ?? null, redirect: 'manual', signal})
    const text = await response.text()
    return {
      status: response.status,
      text,
      headers: response.headers,
      retryAfter: response.headers.get('retry-after') ?? undefined,
      token,
    }
  } catch (error) {
    const cause = new Error(networkWords(error, url.host))
    throw neverLeft(error) ? new NotSent({...write, cause}) : new OutcomeUnknown({...write, cause})
  } finally {
    clearTimeout(timer)
  }
}

/** The client's own headers (User-Agent, HEROKU_HEADERS) with ours on top, as it does itself. */
function headersFor(heroku: APIClient, own: Record<string, string>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries({...heroku.defaults.headers, ...own})) {
    if (value !== undefined) headers.set(name, String(value))
  }

  return headers
}

function judge(write: Write, response: Response): Answer {
  const {headers, status, text} = response
  const lost = (why: string) => new OutcomeUnknown({...write, cause: new Error(why)})
  // A gateway that gave up (5xx) or a server that did (408) may have passed it on before.
  if (status >= 500 || status === 408) {
    const {said} = saidIn(parse(text) ?? text, response.token)
    throw lost(`Heroku answered with HTTP ${status}${said ? ` (${said})` : ''}`)
  }

  if (status >= 300) throw refusal(write, response)
  const body = parse(text)
  if (body === undefined) throw lost('the answer is not JSON, or cut short')
  const warning = headers.get('x-heroku-warning') ?? headers.get('warning-message')
  return {body, ...(warning ? {warning} : {})}
}

export function refusal({method, path}: Asked, {headers, status, text, token}: Response): PlatformError {
  const rateLimitRemaining = remaining(headers.get('ratelimit-remaining'))
  return new PlatformError({method, path, status, ...saidIn(parse(text) ?? text, token), rateLimitRemaining})
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
