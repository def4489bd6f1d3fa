import fc from 'fast-check'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {afterEach, describe, expect, it, vi} from 'vitest'

import {countingClock, platformAt} from './heroku-client.js'
import {startServer} from './local-server.js'

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

type Framing =
  'plain' | 'plain-unmarked' | 'plain-from-start' | 'sse-bytes' | 'sse-from-start' | 'sse-lines' | 'sse-offsets'
type Stream = {output: Buffer; framing: Framing; cuts: number[]; chunk: number; keepAlive: boolean; notFound?: number}

/** A release's output stream that breaks off after each of `cuts` bytes of output, then goes on from where it was asked to. */
async function streamServer({chunk, cuts, framing, keepAlive, notFound = 0, output}: Stream) {
  let missing = notFound
  let drops = 0
  const server = await startServer((req, res) => {
    if (missing-- > 0) return void res.writeHead(404).end('Channel is not registered.\n')
    const start = startOf(req, framing)
    if (start >= output.length && start > 0) return void res.writeHead(204).end()
    const sse = framing.startsWith('sse')
    const resumed = framing === 'plain' && start > 0
    res.writeHead(resumed ? 206 : 200, {'content-type': sse ? 'text/event-stream' : 'text/plain'})
    const room = cuts[drops++]
    const end = room === undefined ? output.length : Math.min(output.length, start + room)
    void send(res, start, end, end < output.length)
  })
  closing.push(server.close)
  return server

  async function send(res: ServerResponse, start: number, end: number, cut: boolean) {
    const write = (data: Buffer | string) => new Promise((resolve) => res.write(data, resolve))
    for (let at = start; at < end;) {
      if (keepAlive) await write(framing.startsWith('sse') ? ':keepalive\n\n' : '\0')
      const stop = pieceEnd(output, at, Math.min(at + chunk, end), framing)
      await write(framed(output, at, stop, framing))
      at = stop
    }

    if (cut) {
      // Half an event, which the next connection brings again.
      if (framing.startsWith('sse')) await write('id: 99999\ndata: half')
      // What is written must not be lost with the connection: only then is it known how far it came.
      setTimeout(() => res.destroy(), 5)
    } else {
      res.end()
    }
  }
}

function startOf(req: IncomingMessage, framing: Framing): number {
  if (framing.endsWith('from-start')) return 0
  const last = req.headers['last-event-id']
  return framing.startsWith('sse')
    ? Number(last ?? 0)
    : Number(/^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1] ?? 0)
}

/** Events of lines hold one line each; everything else is cut anywhere, also inside a character. */
function pieceEnd(output: Buffer, at: number, wanted: number, framing: Framing): number {
  if (framing !== 'sse-lines' && framing !== 'sse-offsets') return wanted
  const newline = output.indexOf('\n', at)
  return newline === -1 ? output.length : newline + 1
}

function framed(output: Buffer, at: number, end: number, framing: Framing): Buffer {
  const piece = output.subarray(at, end)
  if (!framing.startsWith('sse')) return piece
  const whole = framing === 'sse-bytes' || framing === 'sse-from-start'
  const latin = piece.toString('latin1')
  const data = (whole ? latin : latin.replace(/\n$/, '')).split('\n').map((one) => `data: ${one}\n`)
  return Buffer.from(`id: ${end}\n${data.join('')}\n`, 'latin1')
}

async function read(url: string, signal = new AbortController().signal): Promise<string[]> {
  const lines: string[] = []
  for await (const line of platformAt(url).releaseOutput(`${url}/streams/1`, {signal})) lines.push(line)
  return lines
}

const text = fc
  .array(fc.stringMatching(/^[a-c é🚀=]{0,12}$/u), {minLength: 1, maxLength: 8})
  .map((lines) => lines.join('\n'))
  .filter((whole) => whole.length > 0)

const stream = (framings: Framing[]) =>
  fc.record({
    output: text.map((whole) => Buffer.from(whole)),
    framing: fc.constantFrom(...framings),
    cuts: fc.array(fc.integer({min: 0, max: 40}), {maxLength: 4}),
    chunk: fc.integer({min: 1, max: 20}),
    keepAlive: fc.boolean(),
    notFound: fc.integer({min: 0, max: 2}),
  })

const linesOf = (output: Buffer) =>
  output
    .toString()
    .split('\n')
    .filter((line, index, all) => line !== '' || index < all.length - 1)

describe('the output of a release phase', () => {
  it('comes whole and once, whatever the framing, however often the stream breaks off', async () => {
    const framings: Framing[] = ['plain', 'sse-bytes', 'sse-offsets', 'sse-from-start']
    await fc.assert(
      fc.asyncProperty(stream(framings), async (told) => {
        const {url} = await streamServer(told)
        expect(await read(url)).toEqual(linesOf(told.output))
        await closing.pop()!()
      }),
      {numRuns: 60},
    )
  })

  it.each<Framing>(['plain-unmarked', 'plain-from-start'])(
    'comes whole and once from a server that answers 200 to a range: %s',
    async (framing) => {
      const output = Buffer.from(Array.from({length: 400}, (_, n) => `migration ${n}: grün\n`).join(''))
      const {url} = await streamServer({output, framing, cuts: [5, 3000, 4001, 900], chunk: 333, keepAlive: true})
      expect(await read(url)).toEqual(linesOf(output))
    },
  )

  it('is read line by line when events are numbered, not measured', async () => {
    let asked = 0
    const server = await startServer((req, res) => {
      res.writeHead(200, {'content-type': 'text/event-stream'})
      const lines = ['first', 'second', 'third']
      const from = Number(req.headers['last-event-id'] ?? 0)
      const frames = lines.map((line, index) => `id: ${index + 1}\ndata: ${line}\n\n`).slice(from)
      if (asked++ === 0) return void res.write(frames.slice(0, 2).join(''), () => setTimeout(() => res.destroy(), 20))
      res.end(frames.join(''))
    })
    closing.push(server.close)
    expect(await read(server.url)).toEqual(['first', 'second', 'third'])
  })

  it('is waited for while the stream is 404, asking each second', async () => {
    const {url} = await streamServer({
      output: Buffer.from('done\n'),
      framing: 'plain',
      cuts: [],
      chunk: 9,
      keepAlive: false,
      notFound: 40,
    })
    const clock = countingClock()
    const lines: string[] = []
    const signal = new AbortController().signal
    for await (const line of platformAt(url, {clock}).releaseOutput(`${url}/streams/1`, {signal})) lines.push(line)
    expect(lines).toEqual(['done'])
    expect(clock.waits).toEqual(Array.from({length: 40}, () => 1000))
  })

  it('goes on after the server had trouble', async () => {
    let asked = 0
    const server = await startServer((_, res) => {
      if (asked++ < 3) return void res.writeHead(503).end('<html>')
      res.writeHead(200, {'content-type': 'text/plain'}).end('done\n')
    })
    closing.push(server.close)
    expect(await read(server.url)).toEqual(['done'])
  })

  it('gives the unfinished last line', async () => {
    const {url} = await streamServer({
      output: Buffer.from('one\r\n10%\r20%\ntwo'),
      framing: 'plain',
      cuts: [],
      chunk: 5,
      keepAlive: true,
    })
    expect(await read(url)).toEqual(['one', '10%\r20%', 'two'])
  })

  it.each([403, 410, 400])('is nothing when the stream is refused with %s', async (status) => {
    const server = await startServer((_, res) => res.writeHead(status).end('no'))
    closing.push(server.close)
    expect(await read(server.url)).toEqual([])
  })

  it('is nothing for a URL that is none', async () => {
    const controller = new AbortController()
    const clock = {now: () => 0, sleep: async () => controller.abort()}
    const lines: string[] = []
    for await (const line of platformAt(undefined, {clock}).releaseOutput('not a URL', {signal: controller.signal}))
      lines.push(line)
    expect(lines).toEqual([])
  })

  it('ends when interrupted, with what came until then', async () => {
    const controller = new AbortController()
    const server = await startServer((_, res) => {
      res.writeHead(200, {'content-type': 'text/plain'}).write('one\nhal')
    })
    closing.push(server.close)
    const lines: string[] = []
    for await (const line of platformAt(server.url).releaseOutput(`${server.url}/x`, {signal: controller.signal})) {
      lines.push(line)
      controller.abort(new Error('interrupted'))
    }

    expect(lines).toEqual(['one', 'hal'])
  })

  it('is read without the login', async () => {
    const {seen, url} = await streamServer({
      output: Buffer.from('x\n'),
      framing: 'plain',
      cuts: [],
      chunk: 9,
      keepAlive: false,
    })
    await read(url)
    expect(seen[0]?.headers).not.toHaveProperty('authorization')
  })
})
