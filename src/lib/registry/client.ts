import type {Clock} from '../run/clock.js'
import {credentialsFor} from './credentials.js'
import {RegistryError} from './errors.js'
import {isLoopback, openFetch} from './open-fetch.js'
import {refusalOf, unansweredOf} from './refusal.js'
import {watchdog} from './watchdog.js'

/** One request. `body` is asked for anew each time the request has to be made again. */
export type Question = {
  /** "push example-app/web": becomes "Can't push example-app/web: …". */
  operation: string
  repository: string
  method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  /** A path of the registry, or an absolute URL it gave. */
  url: string
  headers?: Record<string, string>
  /** `moved` is to be called whenever bytes leave. */
  body?(moved: () => void): AsyncIterable<Uint8Array> | string | Uint8Array
  /** The statuses that are an answer; every other is an error. */
  expect: number[]
}

export type Answer = {status: number; headers: Headers; body: Buffer}

/** How long a registry may be silent, milliseconds: while bytes move each of them counts anew. */
const SILENCE_MS = 30_000
/** A registry hashes and stores gigabytes before it answers an upload. */
const UPLOAD_SILENCE_MS = 120_000
/** Manifests and configs are all we read; 4 MB is what registries allow for one. */
const MOST_BYTES = 16 * 1024 * 1024
const MOST_REDIRECTS = 5
/** Any other fetch keeps a copy of all it sends, to send it again elsewhere: layers must not pile up in memory. */
const UNCOPIED = {redirect: 'error', window: null}

export type Client = {host: string; ask(question: Question, signal: AbortSignal | undefined): Promise<Answer>}

/** Talks to one registry: http on this machine, https elsewhere. */
export function openClient({clock, host, password}: {clock: Clock; host: string; password: string}): Client {
  const base = new URL(`${isLoopback(host) ? 'http' : 'https'}://${host}`)
  const credentials = credentialsFor(base, password)
  const send = openFetch()
  return {host, ask}

  async function ask(question: Question, signal: AbortSignal | undefined): Promise<Answer> {
    const silence = question.body ? UPLOAD_SILENCE_MS : SILENCE_MS
    const dog = watchdog(clock, silence, signal ? [signal] : [])
    try {
      const answer = await talk(question, dog.signal, dog.moved)
      if (question.expect.includes(answer.status)) return answer
      throw new RegistryError(refusalOf(question, host, answer, password))
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof RegistryError) throw error
      throw new RegistryError(unansweredOf(question, host, dog.signal.aborted ? dog.signal.reason : error))
    } finally {
      dog.end()
    }
  }

  async function talk(question: Question, signal: AbortSignal, moved: () => void): Promise<Answer> {
    const scope = `repository:${question.repository}:${question.method === 'GET' ? 'pull' : 'pull,push'}`
    for (let url = placeOf(question, question.url), redirects = 0, challenged = false; ;) {
      const authorization = url.origin === base.origin ? credentials.headerFor(scope) : undefined
      const body = question.body?.(moved)
      const response = await send(url, {
        method: question.method,
        headers: {...question.headers, ...(authorization ? {authorization} : {})},
        signal,
        ...(body === undefined ? {redirect: 'manual'} : {body, duplex: 'half', ...UNCOPIED}),
      } as RequestInit)
      const location = response.headers.get('location')
      const answer = {status: response.status, headers: response.headers, body: await read(question, response, moved)}
      if (answer.status === 401 && authorization && !challenged) {
        challenged = true
        if (await credentials.answer(response.headers.get('www-authenticate'), scope, send, signal)) continue
      }
      const isRead = question.method === 'GET' || question.method === 'HEAD'
      if (!isRead || location === null || ![301, 302, 303, 307, 308].includes(answer.status)) return answer
      if (++redirects > MOST_REDIRECTS) throw wrong(question, answer.status, 'redirects without end')
      url = placeOf(question, new URL(location, url).href)
    }
  }

  /** Absolute; what a registry behind a TLS proxy calls its own http address is its https one. */
  function placeOf(question: Question, text: string): URL {
    const url = new URL(text, base)
    if (url.host === base.host) url.protocol = base.protocol
    if (url.protocol !== 'https:' && url.origin !== base.origin)
      throw wrong(question, 200, `sends us to ${url.origin}, which is not https`)
    return url
  }

  async function read(question: Question, response: Response, moved: () => void): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      moved()
      chunks.push(chunk)
      size += chunk.length
      if (size > MOST_BYTES) throw wrong(question, response.status, 'sends more than a manifest or a config can be')
    }
    return Buffer.concat(chunks)
  }

  function wrong({operation, repository}: Question, status: number, said: string): RegistryError {
    return new RegistryError({operation, repository, host, status, said})
  }
}
