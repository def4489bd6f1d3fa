import {createServer} from 'node:net'

import {Client} from 'memjs'
import {afterAll, beforeEach, expect, test, vi} from 'vitest'

import {CacheError} from '../../src/lib/cache/errors.js'
import {flushMemcached} from '../../src/lib/cache/flush-memcached.js'
import {freePort} from '../real/loopback-server.js'
import {startMemcached, type RealMemcached} from '../real/memcached.js'
import {needs} from '../real/needs.js'
import {haste, listen, patience, silent, troubleOf} from './rig.js'

let memcached: RealMemcached | undefined
beforeEach(async (ctx) => {
  await needs(ctx, 'memcached')
  memcached ??= await startMemcached()
})
afterAll(() => memcached?.stop())

const there = (): RealMemcached => memcached ?? expect.fail('there is no server')
const login = ({password, username}: RealMemcached) => ({password, username})

/** Somebody else's connection: a library of its own. */
function witness({password, server, username}: RealMemcached) {
  return Client.create(server, {username, password, timeout: 20, retries: 0, logger: {log() {}}})
}

async function fill(server: RealMemcached): Promise<void> {
  const somebody = witness(server)
  for (let key = 0; key < 50; key += 1) await somebody.set(`key${key}`, 'cached', {})
  expect(String((await somebody.get('key7')).value)).toBe('cached')
  somebody.close()
}

async function kept(server: RealMemcached): Promise<number> {
  const somebody = witness(server)
  let count = 0
  for (let key = 0; key < 50; key += 1) if ((await somebody.get(`key${key}`)).value !== null) count += 1
  somebody.close()
  return count
}

test('a flush leaves nothing, and may be repeated', async () => {
  await fill(there())
  expect(await flushMemcached({servers: [there().server], ...login(there())}, patience)).toEqual({
    flushed: [there().server],
  })
  expect(await kept(there())).toBe(0)
  await flushMemcached({servers: [there().server], ...login(there())}, patience)
})

test('a wrong password is an error, and nothing is flushed', async () => {
  await fill(there())
  const {server, username} = there()
  const work = flushMemcached({servers: [server], username, password: 'the-wrong-one'}, patience)
  const error = await troubleOf(work, 'the-wrong-one')
  expect(error).toBeInstanceOf(CacheError)
  expect(error).toMatchObject({kind: 'auth', servers: [server], message: `memcached at ${server} refuses the password`})
  expect(await kept(there())).toBe(50)
})

test('every server is flushed though one is dead and one is silent; the error names those', async () => {
  const mute = await silent()
  await fill(there())
  const dead = `127.0.0.1:${await freePort()}`
  const quiet = `127.0.0.1:${mute.port}`
  const servers = [dead, quiet, there().server]
  const limits = {...patience, deadlineMs: 3000}
  const error = await troubleOf(flushMemcached({servers, ...login(there())}, limits), there().password)
  expect(error).toMatchObject({kind: 'unreachable', servers: [dead, quiet]})
  expect(error.message).toBe(
    `memcached at ${dead} can't be reached (ECONNREFUSED); memcached at ${quiet} was not done within 3 s; ` +
      `${there().server} is flushed`,
  )
  expect(await kept(there())).toBe(0)
  await vi.waitFor(() => expect(mute.open.size).toBe(0), 10_000)
  await mute.stop()
})

test('a server that does not flush is believed', async () => {
  const forbidding = await startMemcached(['-F'])
  await fill(forbidding)
  const {server} = forbidding
  const error = await troubleOf(flushMemcached({servers: [server], ...login(forbidding)}, patience))
  expect(error).toMatchObject({kind: 'refused', servers: [server]})
  expect(error.message).toContain(`memcached at ${server} refuses to flush`)
  expect(await kept(forbidding)).toBe(50)
  await forbidding.stop()
})

test('a server that stops in the middle of its answer, hangs up, or is something else', async () => {
  const secrets = {username: 'somebody', password: 'the-secret'}
  const half = await listen(
    createServer((socket) => void socket.on('data', () => socket.write(Buffer.from([0x81, 0x21])))),
  )
  const target = {servers: [`127.0.0.1:${half.port}`], ...secrets}
  expect(await troubleOf(flushMemcached(target, haste), 'the-secret')).toMatchObject({kind: 'timeout'})
  await vi.waitFor(() => expect(half.open.size).toBe(0), 10_000)
  await half.stop()

  for (const [answer, said] of [
    ['', 'closed the connection'],
    ['ERROR the-secret\r\n', "does not speak memcached's binary protocol"],
  ] as const) {
    const server = await listen(createServer((socket) => void socket.on('data', () => socket.end(answer))))
    const where = `127.0.0.1:${server.port}`
    const error = await troubleOf(flushMemcached({servers: [where], ...secrets}, patience), 'the-secret')
    expect(error).toMatchObject({kind: 'unreachable', message: `memcached at ${where} ${said}`})
    await server.stop()
  }
})

test('no connection stays when all went well', async () => {
  const yes = Buffer.alloc(24)
  yes[0] = 0x81
  const server = await listen(createServer((socket) => void socket.on('data', () => socket.write(yes))))
  const where = `127.0.0.1:${server.port}`
  const target = {servers: [where], username: 'a', password: 'b'}
  expect(await flushMemcached(target, patience)).toEqual({flushed: [where]})
  await vi.waitFor(() => expect(server.open.size).toBe(0), 10_000)
  await server.stop()
})

test('an abort ends it at once with its reason', async () => {
  const mute = await silent()
  const stop = new AbortController()
  const reason = new Error('Ctrl-C')
  const work = flushMemcached(
    {servers: [`127.0.0.1:${mute.port}`], username: 'a', password: 'b'},
    {deadlineMs: 600_000, signal: stop.signal},
  )
  work.catch(() => {})
  await vi.waitFor(() => expect(mute.open.size).toBe(1), 10_000)
  stop.abort(reason)
  expect(await troubleOf(work)).toBe(reason)
  await vi.waitFor(() => expect(mute.open.size).toBe(0), 10_000)
  await mute.stop()
})
