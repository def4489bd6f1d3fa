import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createServer} from 'node:tls'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

import {expect, test, vi} from 'vitest'

import {CacheError, FlushCacheError} from '../../src/lib/cache/errors.js'
import {flushRedis} from '../../src/lib/cache/flush-redis.js'
import {inspectRedis} from '../../src/lib/cache/inspect-redis.js'
import {throwAwayCertificate} from '../platform/one-off/certificate.js'
import {freePort} from '../real/loopback-server.js'
import {needs} from '../real/needs.js'
import {startRedis} from '../real/redis.js'
import {haste, listen, patience, scripted, silent, troubleOf, witness} from './rig.js'

const run = promisify(execFile)

const wrong = 'wrong-p@ssw0rd'
const encoded = encodeURIComponent(wrong)
const everyWay: Array<[string, (url: string, limits: typeof patience) => Promise<unknown>]> = [
  ['flush', (url, limits) => flushRedis(url, limits)],
  ['flush of a match', (url, limits) => flushRedis(url, {...limits, match: 'cache:*'})],
  ['look', (url, limits) => inspectRedis(url, {...limits, maxKeys: 1000})],
]

test('a wrong password, and none where one is wanted', async (ctx) => {
  await needs(ctx, 'redis')
  const redis = await startRedis()
  const somebody = await witness(redis.url)
  await somebody.set('key', 'the-value')
  for (const url of [redis.url, redis.tlsUrl]) {
    for (const [, way] of everyWay) {
      for (const user of ['', 'h', 'default']) {
        const bad = url.replace(`:${redis.password}@`, `${user}:${encoded}@`)
        const error = await troubleOf(way(bad, patience), wrong, encoded, redis.password)
        expect(error).toBeInstanceOf(CacheError)
        expect(error).toMatchObject({kind: 'auth', servers: [new URL(url).host]})
        expect(error.message).toBe(`Redis at ${new URL(url).host} refuses the password (WRONGPASS)`)
      }
      const none = await troubleOf(way(url.replace(`:${redis.password}@`, ''), patience), redis.password)
      expect(none.kind).toBe('auth')
    }
  }
  expect(await somebody.get('key')).toBe('the-value')
  somebody.destroy()
  await redis.stop()
})

test('a user who may read but not flush is refused, in the words of Redis', async (ctx) => {
  await needs(ctx, 'redis')
  const redis = await startRedis()
  const somebody = await witness(redis.url)
  await somebody.sendCommand(['ACL', 'SETUSER', 'reader', 'on', '>reading', '~*', '+@read', '+@connection'])
  const error = await troubleOf(
    flushRedis(redis.url.replace(`:${redis.password}`, 'reader:reading'), patience),
    'reading',
  )
  expect(error.kind).toBe('refused')
  expect(error.message).toMatch(/^Redis at 127\.0\.0\.1:\d+ refuses: NOPERM .*flushdb/i)
  somebody.destroy()
  await redis.stop()
})

test.each(everyWay)('nobody there: %s', async (_name, way) => {
  for (const scheme of ['redis', 'rediss']) {
    const port = await freePort()
    const error = await troubleOf(way(`${scheme}://:${encoded}@127.0.0.1:${port}`, patience), wrong, encoded)
    expect(error).toMatchObject({kind: 'unreachable', servers: [`127.0.0.1:${port}`]})
    expect(error.message).toBe(`Redis at 127.0.0.1:${port} can't be reached (ECONNREFUSED)`)
  }
  const unknown = await troubleOf(way(`redis://:${encoded}@no-such-host.invalid`, patience), wrong, encoded)
  expect(unknown.kind).toBe('unreachable')
  expect(unknown.message).toContain('no-such-host.invalid:6379')
})

test.each(everyWay)(
  'one that accepts and never answers ends at the deadline, its connection too: %s',
  async (_name, way) => {
    const server = await silent()
    for (const scheme of ['redis', 'rediss']) {
      const error = await troubleOf(way(`${scheme}://:${encoded}@127.0.0.1:${server.port}`, haste), wrong, encoded)
      expect(error).toMatchObject({kind: 'timeout', servers: [`127.0.0.1:${server.port}`]})
      expect(error.message).toBe(`Redis at 127.0.0.1:${server.port} was not done within 0.3 s`)
      await vi.waitFor(() => expect(server.open.size).toBe(0), 10_000)
    }
    await server.stop()
  },
)

test.each(everyWay)('an abort ends it at once with its reason, the connection too: %s', async (_name, way) => {
  const server = await silent()
  for (const scheme of ['redis', 'rediss']) {
    const stop = new AbortController()
    const reason = new Error('Ctrl-C')
    const work = way(`${scheme}://127.0.0.1:${server.port}`, {deadlineMs: 600_000, signal: stop.signal})
    work.catch(() => {})
    await vi.waitFor(() => expect(server.open.size).toBe(1), 10_000)
    stop.abort(reason)
    expect(await troubleOf(work)).toBe(reason)
    await vi.waitFor(() => expect(server.open.size).toBe(0), 10_000)
  }
  await server.stop()
})

test('a server that hangs up, and one that is no Redis', async () => {
  const hangsUp = await scripted(() => {
    for (const socket of hangsUp.open) socket.end()
    return undefined
  })
  const gone = await troubleOf(flushRedis(`redis://127.0.0.1:${hangsUp.port}`, patience))
  expect(gone).toMatchObject({kind: 'unreachable'})
  await hangsUp.stop()

  const other = await scripted(() => 'HTTP/1.1 400 Bad Request\r\n\r\n')
  const url = `redis://:${encoded}@127.0.0.1:${other.port}`
  expect(await troubleOf(flushRedis(url, haste), wrong, encoded)).toBeInstanceOf(CacheError)
  await other.stop()
})

test('a server that repeats what it was sent makes no secret public', async () => {
  const echo = await scripted((...command) => `-ERR unknown command ${command.join(' ')}\r\n`)
  const url = `redis://user:${encoded}@127.0.0.1:${echo.port}`
  const error = await troubleOf(flushRedis(url, patience), wrong, encoded)
  expect(error.kind).toBe('refused')
  expect(error.message).toContain('***')
  await echo.stop()

  const late = await scripted((name) => (name === 'FLUSHDB' ? `-ERR no for ${wrong} or ${encoded}\r\n` : '+OK\r\n'))
  const said = await troubleOf(flushRedis(`redis://:${encoded}@127.0.0.1:${late.port}`, patience), wrong, encoded)
  expect(said.message).toMatch(/refuses: ERR no for \*\*\* or \*\*\*$/)
  await late.stop()
})

test('what is no Redis URL is refused without being said', async () => {
  for (const url of [`http://:${wrong}@host`, wrong, `redis://:${wrong}%zz@host`]) {
    expect(await troubleOf(flushRedis(url, patience), wrong)).toBeInstanceOf(FlushCacheError)
  }
})

test('a certificate of another host by a known authority is refused, and the password stays here', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cache-'))
  const {ca, cert, key} = throwAwayCertificate(['elsewhere.test'])
  let heard = ''
  const server = await listen(
    createServer({cert, key}, (socket) => {
      socket.on('error', () => {}).on('data', (bytes) => (heard += String(bytes)))
    }),
  )
  const trusted = path.join(folder, 'ca.pem')
  await writeFile(trusted, ca)
  const url = `rediss://:${encoded}@127.0.0.1:${server.port}`
  const {stdout, stderr} = await script(
    `const error = await flushRedis(${JSON.stringify(url)}, {deadlineMs: 20_000, signal}).catch((error) => error)
    console.log(error.kind, error.message)`,
    {NODE_EXTRA_CA_CERTS: trusted},
  )
  expect(stdout).toBe(`unreachable Redis at 127.0.0.1:${server.port} can't be reached (ERR_TLS_CERT_ALTNAME_INVALID)\n`)
  expect(stderr).toBe('')
  expect(heard).toBe('')
  await server.stop()
  await rm(folder, {recursive: true})
})

test('the process ends by itself after a flush, a look and a timeout, and Node has nothing to warn of', async (ctx) => {
  await needs(ctx, 'redis')
  const redis = await startRedis()
  const server = await silent()
  const {stdout, stderr} = await script(`
    for (const url of ${JSON.stringify([redis.url, redis.tlsUrl])}) {
      for (let i = 0; i < 20; i += 1) await flushRedis(url, {deadlineMs: 20_000, signal})
      await inspectRedis(url, {deadlineMs: 20_000, maxKeys: 1000, signal})
    }
    for (const scheme of ['redis', 'rediss']) {
      await flushRedis(scheme + '://127.0.0.1:${server.port}', {deadlineMs: 200, signal}).catch((e) => console.log(e.kind))
    }
  `)
  expect(stdout).toBe('timeout\ntimeout\n')
  expect(stderr).toBe('')
  await server.stop()
  await redis.stop()
})

/** Runs these lines in a process of their own, which must end by itself. */
function script(lines: string, env: NodeJS.ProcessEnv = {}) {
  const from = (name: string) =>
    JSON.stringify(fileURLToPath(new URL(`../../src/lib/cache/${name}.ts`, import.meta.url)))
  const program = `
    const {flushRedis} = await import(${from('flush-redis')})
    const {inspectRedis} = await import(${from('inspect-redis')})
    const {signal} = new AbortController()
    ${lines}`
  const argv = ['--import', 'tsx', '--input-type=module', '--eval', program]
  return run(process.execPath, argv, {env: {...process.env, ...env}, timeout: 50_000})
}
