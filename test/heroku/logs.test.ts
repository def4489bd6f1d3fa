import type {ServerResponse} from 'node:http'
import {afterEach, describe, expect, it, vi} from 'vitest'

import {describeError, PlatformError, Unreadable} from '../../src/lib/heroku/errors.js'
import type {LogLine, LogOptions} from '../../src/lib/heroku/types.js'
import {NOT_FOUND} from './fixtures.js'
import {allOf, countingClock, platformAt} from './heroku-client.js'
import {type Answer, json, startServer} from './local-server.js'

const SECRET = 'log-session-5ecre7'
const line = (second: number, text: string, dyno = 'web.1') =>
  `2026-01-01T12:00:${String(second).padStart(2, '0')}.012194+00:00 app[${dyno}]: ${text}`

/** Writes these chunks one by one, then ends or cuts the connection. */
type Session = {chunks: Array<Buffer | string>; type?: string; end?: 'clean' | 'cut' | 'open'; status?: number}

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

/** A platform whose log sessions come as told, one after the other. */
async function logServer(sessions: Session[], createdAt = '2026-01-01T12:00:00Z') {
  const asked: Array<{lines: number; tail: boolean; dyno?: string; source?: string}> = []
  const accepts: Array<string | undefined> = []
  const answer: Answer = (req, res, {body, headers, method}) => {
    if (method === 'POST') {
      asked.push(JSON.parse(body) as (typeof asked)[number])
      const url = `http://${req.headers.host}/${SECRET}/${asked.length - 1}`
      return json(res, 201, {id: '1', created_at: createdAt, updated_at: createdAt, logplex_url: url})
    }

    accepts.push(headers.accept)
    expect(headers).not.toHaveProperty('authorization')
    void play(sessions[Number(req.url!.split('/').at(-1))] ?? {chunks: [], end: 'open'}, res)
  }
  const server = await startServer(answer)
  closing.push(server.close)
  return {...server, asked, accepts}
}

async function play({chunks, end = 'clean', status = 200, type = 'text/plain'}: Session, res: ServerResponse) {
  res.writeHead(status, {'content-type': type})
  res.flushHeaders()
  for (const chunk of chunks) {
    await new Promise((resolve) => res.write(chunk, resolve))
    await new Promise((resolve) => setTimeout(resolve, 3))
  }

  if (end === 'clean') res.end()
  if (end === 'cut') res.destroy()
}

/** Reads until the session ends, or until so many lines came. */
async function read(url: string, options: Partial<LogOptions> & {until?: number} = {}, lines: LogLine[] = []) {
  const controller = new AbortController()
  const {until = Infinity, ...rest} = options
  for await (const one of platformAt(url).logs('example-app', {
    lines: 100,
    tail: false,
    signal: controller.signal,
    ...rest,
  })) {
    lines.push(one)
    if (lines.length >= until) controller.abort()
  }

  return lines.map(({text}) => text)
}

const plain = (...texts: string[]) => texts.map((text, index) => `${line(index, text)}\n`)

describe('log sessions', () => {
  it('are asked for as the stock CLI does, and read without the login', async () => {
    const {accepts, asked, seen, url} = await logServer([{chunks: plain('hello')}])
    expect(await read(url, {dyno: 'web.1', source: 'app', lines: 50})).toEqual(['hello'])
    expect(asked).toEqual([{dyno: 'web.1', source: 'app', lines: 50, tail: false}])
    expect(seen[0]?.headers.accept).toBe('application/vnd.heroku+json; version=3.sdk')
    expect(accepts).toEqual(['text/event-stream'])
  })

  it('are parsed line by line', async () => {
    const {url} = await logServer([{chunks: [`${line(1, 'hello', 'worker.2')}\n`]}])
    const lines: LogLine[] = []
    await read(url, {}, lines)
    expect(lines).toEqual([{at: '2026-01-01T12:00:01.012194+00:00', source: 'app', dyno: 'worker.2', text: 'hello'}])
  })

  it('come as events or plain, cut anywhere, also inside a character', async () => {
    const text = 'grüße — 🚀'
    const bytes = [
      Buffer.from(`${line(1, text)}\n${line(2, 'two')}\n`),
      Buffer.from(`id: 7\ndata: ${line(1, text)}\n\n:keepalive\n\ndata: ${line(2, 'two')}\n\n`),
    ]
    for (const [index, whole] of bytes.entries()) {
      const chunks = Array.from(whole, (_, at) => whole.subarray(at, at + 1))
      const {url} = await logServer([{chunks, type: index ? 'text/event-stream; charset=utf-8' : 'text/plain'}])
      expect(await read(url)).toEqual([text, 'two'])
    }
  })

  it('give their last line also when it has no end', async () => {
    const {url} = await logServer([{chunks: [`${line(1, 'one')}\r\n`, line(2, 'two')]}])
    expect(await read(url)).toEqual(['one', 'two'])
  })

  it('end quietly when interrupted, although the server holds on', async () => {
    const {url} = await logServer([{chunks: plain('one', 'two'), end: 'open'}])
    expect(await read(url, {tail: true, until: 2})).toEqual(['one', 'two'])
  })

  it('let go of the connection when nobody reads on', async () => {
    let closed = () => {}
    const gone = new Promise<void>((resolve) => (closed = resolve))
    const server = await startServer((req, res, {method}) => {
      if (method === 'POST')
        return json(res, 201, {created_at: '2026-01-01T12:00:00Z', logplex_url: `http://${req.headers.host}/x`})
      res.on('close', closed)
      res.writeHead(200, {'content-type': 'text/plain'}).write(plain('one')[0])
    })
    closing.push(server.close)
    const signal = new AbortController().signal
    const logs = platformAt(server.url).logs('example-app', {lines: 1, tail: true, signal})[Symbol.asyncIterator]()
    expect((await logs.next()).value).toMatchObject({text: 'one'})
    await logs.return!()
    await gone
  })

  it('end at once when interrupted before they begin', async () => {
    const {seen, url} = await logServer([])
    expect(await read(url, {signal: AbortSignal.abort()})).toEqual([])
    expect(seen).toEqual([])
  })
})

describe('a tail whose session ends or breaks off', () => {
  it('goes on in a new session, repeating nothing and losing nothing', async () => {
    const {asked, url} = await logServer([
      {chunks: [...plain('a', 'b'), line(2, 'half')], end: 'cut'},
      {chunks: plain('a', 'b', 'half a line', 'c')},
      {chunks: [...plain('a', 'b', 'half a line', 'c', 'd')], end: 'open'},
    ])
    expect(await read(url, {lines: 10, tail: true, until: 5})).toEqual(['a', 'b', 'half a line', 'c', 'd'])
    expect(asked.map(({lines}) => lines)).toEqual([10, 1500, 1500])
  })

  it('gives equal lines as often as they were written', async () => {
    const tick = `${line(1, 'tick')}\n`
    const {url} = await logServer([
      {chunks: [tick, tick], end: 'cut'},
      {chunks: [tick, tick, tick, `${line(2, 'tock')}\n`], end: 'open'},
    ])
    expect(await read(url, {tail: true, until: 4})).toEqual(['tick', 'tick', 'tick', 'tock'])
  })

  it('does not bring up lines from before it began', async () => {
    const {asked, url} = await logServer(
      [
        {chunks: [], end: 'cut'},
        {chunks: [`${line(1, 'old')}\n`, `${line(9, 'missed')}\n`], end: 'open'},
      ],
      '2026-01-01T12:00:05Z',
    )
    expect(await read(url, {lines: 0, tail: true, until: 1})).toEqual(['missed'])
    expect(asked.map(({lines}) => lines)).toEqual([0, 1500])
  })

  it('still owes the back-fill when the first session broke off before it', async () => {
    const {asked, url} = await logServer(
      [
        {chunks: [], end: 'cut'},
        {chunks: plain('old', 'new'), end: 'open'},
      ],
      '2026-01-01T12:00:30Z',
    )
    expect(await read(url, {lines: 20, tail: true, until: 2})).toEqual(['old', 'new'])
    expect(asked.map(({lines}) => lines)).toEqual([20, 20])
  })

  it('goes on after an expired session and after trouble, with growing waits up to 5 s', async () => {
    const clock = countingClock()
    const expired = {chunks: ['gone'], status: 404}
    const {url} = await logServer([
      expired,
      expired,
      expired,
      expired,
      {chunks: [], status: 503},
      expired,
      {chunks: plain('a'), end: 'open'},
    ])
    const controller = new AbortController()
    for await (const {text} of platformAt(url, {clock}).logs('example-app', {
      lines: 1,
      tail: true,
      signal: controller.signal,
    })) {
      expect(text).toBe('a')
      controller.abort()
    }

    expect(clock.waits.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 5000, 5000])
  })

  it('stops with the refusal when the app is gone', async () => {
    const server = await startServer((_, res) => json(res, 404, NOT_FOUND))
    closing.push(server.close)
    await expect(read(server.url, {tail: true})).rejects.toBeInstanceOf(PlatformError)
  })
})

describe('a log that cannot be read', () => {
  it('is given up after three sessions when nobody tails, without naming the session', async () => {
    const cut: Session = {chunks: [], end: 'cut'}
    const {asked, host, url} = await logServer([cut, cut, cut])
    const error = await read(url).then(
      () => expect.unreachable(),
      (error_: unknown) => error_,
    )
    expect(error).toBeInstanceOf(Unreadable)
    expect(describeError(error)).toContain(host)
    expect(allOf(error)).not.toContain(SECRET)
    expect(asked).toHaveLength(3)
  })

  it('is told by its status', async () => {
    const expired: Session = {chunks: ['<html>gone</html>'], status: 403}
    const {host, url} = await logServer([expired, expired, expired])
    expect(await read(url).catch((error: unknown) => describeError(error))).toBe(
      `Can't read the log of example-app from Heroku: ${host} answered with HTTP 403`,
    )
  })

  it('gives what a session that broke off still has, once', async () => {
    const {url} = await logServer([{chunks: plain('a', 'b'), end: 'cut'}, {chunks: plain('a', 'b', 'c')}])
    expect(await read(url)).toEqual(['a', 'b', 'c'])
  })
})
