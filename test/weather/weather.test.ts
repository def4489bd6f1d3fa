import dns from 'node:dns'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Duplex} from 'node:stream'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'

import {createDataApi} from '../../src/lib/heroku/data-api.js'
import {describeError, NotSent, OutcomeUnknown, PlatformError, Unreadable} from '../../src/lib/heroku/errors.js'
import {createMemoryApi} from '../../src/lib/heroku/memory-api.js'
import {createMetricsApi} from '../../src/lib/heroku/metrics-api.js'
import {createPlatform} from '../../src/lib/heroku/platform.js'
import {allOf, countingClock, herokuClient, TOKEN} from '../heroku/heroku-client.js'
import {deadAddress} from '../heroku/local-server.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {type Front, type Kind, KINDS, openFront} from './front.js'
import {APP, type Known, readLog, reads, writes} from './methods.js'

let local: LocalHeroku
let front: Front
let known: Known

beforeAll(async () => {
  local = await startPlatform({speed: 20, apiKey: TOKEN})
  await local.createApp(APP)
  const headers = {authorization: `Bearer ${TOKEN}`, accept: 'application/vnd.heroku+json; version=3'}
  const post = {method: 'POST', headers, body: JSON.stringify({plan: 'heroku-postgresql:essential-0'})}
  expect((await fetch(`${local.url}/apps/${APP}/addons`, post)).ok).toBe(true)
  await local.seedRelease(APP, {images: {worker: {command: 'exec sleep 1000'}}, formation: {worker: 1}})
  await local.settled(APP)
  front = await openFront(local.url)
  const {data, platform} = clients(front.url).next()
  const [addon] = await platform.addons(APP)
  const {uuid} = await data.capture(addon!.id)
  const [release] = await platform.newestReleases(APP, 1)
  const dyno = (await platform.dynos(APP))[0]!.name
  const {id} = await platform.app(APP)
  known = {id, release: release!.id, version: release!.version, dyno, addon: addon!.id, transfer: uuid}
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await local.stop()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** For each call clients of its own, so that what is waited for, and said, is that call's. */
function clients(host: string | undefined, deadlineMs = 5000) {
  const heroku = herokuClient(host)
  vi.stubEnv('HEROKU_POSTGRESQL_HOST', undefined)
  vi.stubEnv('HEROKU_DATA_HOST', host === undefined ? undefined : '127.0.0.1')
  vi.stubEnv('HEROKU_METRICS_HOST', host)
  const {signal} = new AbortController()
  return {
    next() {
      const clock = countingClock()
      const said: string[] = []
      const deadlines = {readMs: deadlineMs, writeMs: deadlineMs}
      const options = {heroku, clock, signal, deadlines, onWait: (text: string) => void said.push(text)}
      const undocumented = {metrics: createMetricsApi(options), memory: createMemoryApi(options)}
      return {
        platform: createPlatform(options),
        data: createDataApi(options),
        ...undocumented,
        known,
        signal,
        clock,
        said,
      }
    },
  }
}

type Calls = Record<string, (client: ReturnType<ReturnType<typeof clients>['next']>) => Promise<unknown>>
type Tried = {error: unknown; waits: number[]; said: string[]}

/** Every call at once, and how each ended. */
async function tryAll(calls: Calls, {next}: ReturnType<typeof clients>): Promise<Array<[string, Tried]>> {
  const all = Object.entries(calls).map(async ([name, call]): Promise<[string, Tried]> => {
    const client = next()
    const error = await call(client).then(
      () => undefined,
      (error_: unknown) => error_ ?? 'nothing',
    )
    return [name, {error, waits: client.clock.waits, said: client.said}]
  })
  return Promise.all(all)
}

const sum = (waits: number[]): number => waits.reduce((total, ms) => total + ms, 0)

/** A person can read it, and may. */
function expectWords(name: string, error: unknown): void {
  const words = describeError(error)
  expect(words, name).not.toMatch(/[<>\n\r]|alert/)
  expect(words.length, name).toBeLessThan(600)
  expect(allOf(error), name).not.toMatch(new RegExp(`${TOKEN}|pa55word`))
}

const SAYS: Record<Kind, {kind: typeof PlatformError | typeof Unreadable; words: RegExp}> = {
  limited: {kind: PlatformError, words: /4500 calls an hour .* is used up, 0 calls are left/},
  html: {kind: PlatformError, words: /Bad Gateway \(502\)\. Heroku has trouble/},
  portal: {kind: Unreadable, words: /not JSON$/},
  cut: {kind: Unreadable, words: /127\.0\.0\.1:\d+ broke off \(|not JSON$/},
  torn: {kind: Unreadable, words: /not JSON$/},
  silent: {kind: Unreadable, words: /127\.0\.0\.1:\d+ did not answer in time$/},
}

describe.each(KINDS)('every read, when the answer is %s', (kind) => {
  test('once: it is asked again, and answered', async () => {
    const often = kind === 'limited' ? 3 : 1
    front.weather(kind, often)
    for (const [name, {error, said, waits}] of await tryAll(
      reads,
      clients(front.url, kind === 'silent' ? 1500 : 5000),
    )) {
      expect(error, name).toBeUndefined()
      // Some of them read the same place.
      expect(waits.length, name).toBeLessThanOrEqual(often)
      // A line for each wait that is long; what is asked again at once is not worth one.
      expect(said.length, name).toBe(kind === 'limited' || kind === 'silent' ? waits.length : 0)
      if (kind === 'silent') expect(said.join(''), name).toMatch(/^$|did not answer in time: trying again$/)
      for (const text of kind === 'limited' ? said : []) {
        expect(text, name).toMatch(
          /rate limit is reached \(0 calls are left, 4500 .* a minute\): waiting \d+ s to read \/\S+$/,
        )
      }
    }

    for (const [asked, {passed, spoilt}] of front.counts)
      expect({passed: passed > 0, spoilt}, asked).toEqual({passed: true, spoilt: often})
  })

  test('for ever: it is given up in time, with words', async () => {
    front.weather(kind, Infinity)
    const tried = await tryAll(reads, clients(front.url, kind === 'silent' ? 150 : 5000))
    for (const [name, {error, waits}] of tried) {
      expect(error, name).toBeInstanceOf(SAYS[kind].kind)
      expect(describeError(error), name).toMatch(SAYS[kind].words)
      expectWords(name, error)
      expect(sum(waits), name).toBeLessThanOrEqual(kind === 'limited' ? 5 * 60_000 : 10_000)
      if (kind !== 'limited') expect(waits.length, name).toBe(3)
    }

    // With jitter: many that fail at a time do not come back at a time.
    const first = new Set(tried.map(([, {waits}]) => waits[0]))
    if (kind !== 'limited') expect(first.size).toBeGreaterThan(tried.length / 2)
  })
})

test.each(KINDS)('the log, when every answer is %s: it ends in time, with words', async (kind) => {
  front.weather(kind, Infinity)
  const [[, {error, waits}]] = (await tryAll({readLog}, clients(front.url, 300))) as [[string, Tried]]
  expect(error).toBeInstanceOf(kind === 'limited' ? PlatformError : Unreadable)
  expectWords('logs', error)
  expect(sum(waits)).toBeLessThanOrEqual(16 * 60_000)
})

describe('every write', () => {
  test('limited: waits, tells the budget, and has its effect once', async () => {
    front.weather('limited', 2)
    for (const [name, {error, said, waits}] of await tryAll(writes, clients(front.url))) {
      // Some of these Heroku refuses: a transfer that has ended is not cancelled. What counts is that it was asked.
      expect(error === undefined || error instanceof PlatformError, `${name}: ${allOf(error)}`).toBe(true)
      expect((error as PlatformError | undefined)?.status, name).not.toBe(429)
      expect(waits.length, name).toBeGreaterThan(0)
      expect(said.length, name).toBe(waits.length)
      for (const text of said)
        expect(text, name).toMatch(/0 calls are left, .*: waiting \d+ s to (PATCH|POST|DELETE) \/\S+$/)
    }

    for (const [asked, {passed}] of front.counts) expect(passed, asked).toBe(shared(asked))
  })

  test('limited for ever: refused, and nothing was sent', async () => {
    front.weather('limited', Infinity)
    for (const [name, {error, waits}] of await tryAll(writes, clients(front.url))) {
      expect(error, name).toMatchObject({name: 'PlatformError', status: 429})
      expectWords(name, error)
      expect(sum(waits), name).toBeLessThanOrEqual(5 * 60_000)
    }

    expect([...front.counts.values()].every(({passed}) => passed === 0)).toBe(true)
  })

  test.each(KINDS.filter((kind) => kind !== 'limited'))(
    '%s: it went out once, and nobody says that it failed',
    async (kind) => {
      front.weather(kind, Infinity)
      const tried = await tryAll(writes, clients(front.url, kind === 'silent' ? 400 : 5000))
      for (const [name, {error, waits}] of tried) {
        // A refusal that is cut short is a refusal all the same: Heroku's status was whole.
        const refused = error instanceof PlatformError && (kind === 'torn' || kind === 'cut')
        expect(refused || error instanceof OutcomeUnknown, `${name}: ${allOf(error)}`).toBe(true)
        expectWords(name, error)
        expect(waits, name).toEqual([])
      }

      for (const [asked, {passed}] of front.counts) expect(passed, asked).toBe(shared(asked))
    },
  )
})

/** Two of the writes are sent to one address. */
const shared = (asked: string): number => (asked === `PATCH /apps/${APP}/formation` ? 2 : 1)

/** Ways not to reach Heroku at all. `host`: as HEROKU_HOST; undefined: the real one, which no packet ever leaves for. */
const unreached = {
  async dns() {
    vi.spyOn(dns, 'lookup').mockImplementation(((host: string, ...rest: unknown[]) => {
      const done = rest.at(-1) as (error: Error) => void
      const error = Object.assign(new Error('getaddrinfo'), {code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host})
      process.nextTick(() => done(error))
    }) as never)
    return {
      client: clients(undefined),
      words: /there is no address for api\.((data|metrics)\.)?heroku\.com \(DNS says ENOTFOUND\)/,
    }
  },
  async refused() {
    return {client: clients(`http://${await deadAddress()}`), words: /connection to 127\.0\.0\.1:\d+ is refused/}
  },
  async 'a dead proxy'() {
    const client = clients(undefined)
    const proxy = await deadAddress()
    vi.stubEnv('HTTPS_PROXY', `http://user:pa55word@${proxy}`)
    return {client, words: new RegExp(`proxy ${proxy}(: | is refused| can't be reached)`)}
  },
  async 'a proxy that refuses'() {
    const client = clients(undefined)
    const proxy = await openProxy((socket) => socket.end('HTTP/1.1 407 Who?\r\n\r\n<html>pa55word</html>'))
    vi.stubEnv('HTTPS_PROXY', `http://user:pa55word@${proxy}`)
    return {
      client,
      words: new RegExp(
        `the proxy ${proxy} refuses to connect to api\\.((data|metrics)\\.)?heroku\\.com \\(HTTP 407\\)`,
      ),
    }
  },
  async 'a proxy that hangs'() {
    const client = clients(undefined, 200)
    const proxy = await openProxy(() => {})
    vi.stubEnv('HTTPS_PROXY', `http://user:pa55word@${proxy}`)
    return {client, words: /api\.((data|metrics)\.)?heroku\.com did not answer in time/}
  },
}

const proxies: Server[] = []
const sockets: Duplex[] = []
afterEach(async () => {
  for (const proxy of proxies.splice(0)) {
    for (const socket of sockets.splice(0)) socket.destroy()
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
  }
})

async function openProxy(onConnect: (socket: {end(text: string): void}) => void): Promise<string> {
  const proxy = createServer().on('connect', (_, socket) => {
    sockets.push(socket.on('error', () => {}))
    onConnect(socket)
  })
  proxies.push(proxy)
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

describe.each(Object.entries(unreached))('Heroku is not reached: %s', (way, open) => {
  beforeEach(() => {
    // The CLI's own client tries five times, six seconds long.
    let http = (herokuClient().http as unknown as {prototype: {_wait(ms: number): Promise<void>}}).prototype
    while (!Object.hasOwn(http, '_wait')) http = Object.getPrototypeOf(http) as typeof http
    vi.spyOn(http, '_wait').mockResolvedValue()
  })

  test('every read says so, and where', async () => {
    const {client, words} = await open()
    for (const [name, {error, waits}] of await tryAll({...reads, readLog}, client)) {
      expect(error, `${name}: ${allOf(error)}`).toBeInstanceOf(Unreadable)
      expect(describeError(error), name).toMatch(words)
      expectWords(name, error)
      expect(sum(waits), name).toBeLessThanOrEqual(10_000)
    }
  })

  test('every write says so, and whether it was sent', async () => {
    const {client, words} = await open()
    for (const [name, {error}] of await tryAll(writes, client)) {
      // Whether a proxy that hangs has passed anything on, nobody can know.
      expect(error, `${name}: ${allOf(error)}`).toBeInstanceOf(way === 'a proxy that hangs' ? OutcomeUnknown : NotSent)
      expect(describeError(error), name).toMatch(words)
      expectWords(name, error)
    }
  })
})
