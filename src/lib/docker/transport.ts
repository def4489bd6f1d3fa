import http, {type IncomingMessage} from 'node:http'
import https from 'node:https'
import {createRequire} from 'node:module'
import type {Duplex} from 'node:stream'

import Docker from 'dockerode'

import type {Endpoint} from './endpoint.js'
import {DockerUnavailable, EngineRefused} from './errors.js'

/** One request to the engine. No API version is sent: an engine takes its own newest, and new ones refuse old prefixes. */
export type EngineRequest = {
  method: 'GET' | 'POST'
  path: string
  query?: Record<string, string[] | string | undefined>
  /** Registry credentials, sent as a header; never in the URL. */
  auth?: {username: string; password: string; serveraddress: string}
  signal?: AbortSignal
}

/** The engine's HTTP API over dockerode's connection. @throws EngineRefused for an HTTP error, else the network's error */
export type Transport = {
  endpoint: Endpoint
  stream(request: EngineRequest): Promise<IncomingMessage>
  /** The body as JSON (undefined when it is none) and the headers. */
  json(request: EngineRequest): Promise<{body: unknown; headers: IncomingMessage['headers']}>
  /** A connection that both ends speak freely on, after an upgrade. */
  hijack(path: string, headers: Record<string, string[] | string>, signal?: AbortSignal): Promise<Duplex>
}

type Dial = (options: object, done: (error: DialError | null, answer: unknown) => void) => void

/** @throws DockerUnavailable for a kind of address we can't reach */
export function connect(endpoint: Endpoint): Transport {
  muteModem()
  const modem = new Docker(dockerodeOptions(endpoint)).modem as {dial: Dial}
  const dial = <T>(options: object) =>
    new Promise<T>((resolve, reject) => {
      modem.dial(options, (error, answer) => (error ? reject(refusal(error)) : resolve(answer as T)))
    })

  const stream = ({method, path, query, auth, signal}: EngineRequest) =>
    dial<IncomingMessage>({
      method,
      path: query ? `${path}?` : path,
      isStream: true,
      statusCodes: OK,
      abortSignal: signal,
      ...(auth && {authconfig: auth}),
      // An empty body of its own: modem would send the query as one.
      options: {_query: defined(query), _body: {}},
    })

  return {
    endpoint,
    stream,
    async json(request) {
      const response = await stream(request)
      const text = (await response.setEncoding('utf8').toArray()).join('')
      return {body: text.startsWith('{') ? JSON.parse(text) : undefined, headers: response.headers}
    },
    hijack: (path, headers, signal) =>
      dial<Duplex>({method: 'POST', path, hijack: true, headers, statusCodes: {}, abortSignal: signal}),
  }
}

const OK = {200: true, 201: true, 204: true}

const defined = (query: EngineRequest['query'] = {}) =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

/** With DEBUG set, modem logs whole requests: registry passwords and build arguments. Other programs' namespaces stay as they are. */
function muteModem(): void {
  const dockerode = createRequire(createRequire(import.meta.url).resolve('dockerode'))
  const debug = createRequire(dockerode.resolve('docker-modem'))('debug') as {
    disable(): string
    enable(names: string): void
  }
  const names = debug.disable()
  if (names) debug.enable(`${names.replace(/,-modem$/, '')},-modem`)
}

/** Every field is given: dockerode would take what is missing from process.env, which need not be what was resolved. */
function dockerodeOptions({host, from, tls}: Endpoint): Docker.DockerOptions {
  const none = {
    host: undefined,
    port: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
    pathPrefix: '/',
  }
  const local = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1]
  if (local) return options({...none, socketPath: local, protocol: 'http', agent: new http.Agent()})

  const url = URL.canParse(host) ? new URL(host) : undefined
  if (!url || !['http:', 'https:', 'tcp:'].includes(url.protocol) || !url.hostname) throw unreachable(host, from)
  const secure = Boolean(tls) || url.protocol === 'https:'
  return options({
    ...none,
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port || (secure ? 2376 : 2375),
    protocol: secure ? 'https' : 'http',
    agent: secure ? new https.Agent({rejectUnauthorized: tls?.verify ?? true}) : new http.Agent(),
    ...tls,
  })
}

/** dockerode's types know neither an agent nor that a field can be cleared. */
const options = (all: object) => all as Docker.DockerOptions

function unreachable(host: string, from: string): DockerUnavailable {
  const ssh = /^ssh:\/\/(.+?)\/?$/.exec(host)?.[1]
  return new DockerUnavailable({
    endpoint: withoutPassword(host),
    reason: ssh
      ? `${from} names an engine behind SSH, which this plugin does not speak`
      : `${from} names no address of a Docker Engine`,
    advice: ssh
      ? `Forward its socket with \`ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${ssh}\` and set DOCKER_HOST=unix:///tmp/docker.sock.`
      : 'Set it to something like unix:///var/run/docker.sock or tcp://localhost:2375.',
  })
}

/** An address as it may be shown. */
export const withoutPassword = (host: string): string => host.replace(/^(\w+:\/\/[^/@:]*):[^@]*@/, '$1@')

type DialError = Error & {statusCode?: number; json?: unknown}

/** The engine's own words instead of modem's line around them. */
function refusal(error: DialError): Error {
  if (!error.statusCode) return error
  const words = /^\(HTTP code \d+\) .*? - (.*?)\s*$/s.exec(error.message)?.[1]
  return new EngineRefused(error.statusCode, words ?? error.message)
}
