import {readFile} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {createServer, type TLSSocket} from 'node:tls'

import {beforeEach, describe, expect, it} from 'vitest'

import {readRendezvous, RendezvousError} from '../../src/lib/heroku/rendezvous.js'
import {throwAwayCertificate} from '../platform/one-off/certificate.js'
import {idle, until, usePlatform} from '../platform/fixture.js'
import {allOf} from './heroku-client.js'

const platform = usePlatform({speed: 10})
const never = new AbortController().signal
let ca: string

beforeEach(async () => {
  await platform.heroku.createApp('acme')
  await platform.heroku.seedRelease('acme', {images: {web: idle}, formation: {web: 0}})
  ca = await readFile(platform.heroku.env.NODE_EXTRA_CA_CERTS!, 'utf8')
})

async function attachUrl(command: string): Promise<{url: string; name: string}> {
  const {body} = await platform.ask('POST', '/apps/acme/dynos', {attach: true, command, force_no_tty: true})
  return {url: body.attach_url as string, name: body.name as string}
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

const exited = (name: string, status: number) =>
  until(() => {
    const line = `heroku[${name}]: Process exited with status ${status}`
    expect(platform.heroku.log('acme').some((one) => one.endsWith(line))).toBe(true)
  })

describe('what an attached dyno writes (platform-facts §5.2)', () => {
  const bytes = String.raw`printf "\357\277\277 \377\000\r\nrendezvous\r\nlast"; exit 3`
  const expected = Buffer.concat([
    Buffer.from([0xef, 0xbf, 0xbf]),
    Buffer.from(' \u00FF\0\r\nrendezvous\r\nlast', 'latin1'),
  ])

  it.each([
    ['comes byte by byte as it was written', () => {}],
    ['in pieces that cut characters', () => (platform.heroku.knobs('acme').rendezvousSplitAfter = Buffer.from([0xef]))],
    ['in one chunk with the line before it', () => (platform.heroku.knobs('acme').rendezvousJoinsFirst = true)],
  ])('%s', async (_, arrange) => {
    arrange()
    const {url} = await attachUrl(bytes)
    expect(await bytesOf(readRendezvous(url, {ca, signal: never}))).toEqual(expected)
  })

  it('ends with the signal, and the dyno is hung up on', async () => {
    const {name, url} = await attachUrl('echo ready; sleep 60')
    const over = new AbortController()
    const chunks: string[] = []
    for await (const chunk of readRendezvous(url, {ca, signal: over.signal})) {
      chunks.push(Buffer.from(chunk).toString())
      over.abort()
    }

    expect(chunks).toEqual(['ready\n'])
    await exited(name, 129)
  })
})

describe('a dyno that can not be met', () => {
  const fails = async (url: string, options: {ca?: string} = {ca}): Promise<RendezvousError> => {
    const error = await bytesOf(readRendezvous(url, {...options, signal: never})).catch((error_: unknown) => error_)
    expect(error).toBeInstanceOf(RendezvousError)
    expect(allOf(error)).not.toContain(new URL(url).pathname.slice(1))
    return error as RendezvousError
  }

  it('says that the port may be blocked, and the dyno ends unattached', async () => {
    platform.heroku.knobs('acme').rendezvousBlocked = true
    const {name, url} = await attachUrl('true')
    expect((await fails(url)).message).toMatch('the connection to localhost:1 is refused')
    await exited(name, 128)
  })

  it('is not trusted without a certificate that the machine knows', async () => {
    const {url} = await attachUrl('true')
    expect((await fails(url, {})).message).toMatch('is not trusted')
  })

  it('is not met without its secret, or at another protocol', async () => {
    const {url} = await attachUrl('true')
    expect((await fails(url.replace(/\w+$/, 'guessed'))).message).toMatch('hung up before')
    expect((await fails('https://localhost:1/secret')).message).toMatch('not supported')
  })

  it('is none when the server says something else', async () => {
    const {ca: own, cert, key} = throwAwayCertificate(['localhost'])
    const sockets: TLSSocket[] = []
    const server = createServer({cert, key}, (socket) => void sockets.push(socket.on('error', () => {})))
    server.on('secureConnection', (socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n')))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const {port} = server.address() as AddressInfo
      const error = await fails(`rendezvous://localhost:${port}/secret`, {ca: own})
      expect(error.message).toMatch('does not answer as a rendezvous')
    } finally {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

it('the connection is not silent for long, which would close it', async () => {
  const {name, url} = await attachUrl('read a; read b; read c; echo three')
  const chunks = readRendezvous(url, {ca, signal: never, keepAliveMs: 50})
  expect((await bytesOf(chunks)).toString()).toBe('three\n')
  await exited(name, 0)
})
