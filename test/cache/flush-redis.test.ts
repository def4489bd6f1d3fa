import fc from 'fast-check'
import {afterAll, beforeEach, expect, test} from 'vitest'

import {flushRedis} from '../../src/lib/cache/flush-redis.js'
import {needs} from '../real/needs.js'
import {startRedis, type RealRedis} from '../real/redis.js'
import {fill, patience, scripted, witness, type Witness} from './rig.js'

let redis: RealRedis | undefined
let somebody: Witness

beforeEach(async (ctx) => {
  await needs(ctx, 'redis')
  redis ??= await startRedis()
  somebody = await witness(redis.url)
  await somebody.flushAll()
  return () => somebody.destroy()
})
afterAll(() => redis?.stop())

const url = () => redis?.url ?? ''
const names = async () => (await somebody.keys('*')).sort()

test.each(['url', 'tlsUrl'] as const)(
  'a flush (%s) leaves nothing, and no other database is touched',
  async (which) => {
    await fill(somebody, 'cache:', 2500)
    await somebody.hSet('a-hash', 'f', 'v')
    const other = await witness(`${url()}/3`)
    await other.set('of another database', '1')

    expect(await flushRedis(redis?.[which] ?? '', patience)).toEqual({removed: 'all', left: 0})
    expect(await names()).toEqual([])
    expect(await other.dbSize()).toBe(1)

    expect(await flushRedis(`${url()}/3`, patience)).toEqual({removed: 'all', left: 0})
    expect(await other.dbSize()).toBe(0)
    other.destroy()
  },
)

test('a match leaves the rest, says how many went and how far it is', async () => {
  await fill(somebody, 'cache:', 5000)
  await fill(somebody, 'keep:', 3000)
  await somebody.lPush('queue:default', 'job')
  const told: number[] = []
  const limits = {...patience, match: 'cache:*', onProgress: (removed: number) => told.push(removed)}

  expect(await flushRedis(url(), limits)).toEqual({removed: 5000, left: 0})
  expect(await somebody.dbSize()).toBe(3001)
  expect((await names()).filter((name) => name.startsWith('cache:'))).toEqual([])
  expect(told.at(-1)).toBe(5000)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  expect(told.length).toBeGreaterThan(1)

  expect(await flushRedis(url(), limits)).toEqual({removed: 0, left: 0})
})

test('what a match removes is what the pattern says, whatever bytes the keys are of', async () => {
  const key = fc.uint8Array({minLength: 0, maxLength: 6}).map((bytes) => Buffer.from(bytes))
  await fc.assert(
    fc.asyncProperty(fc.array(key, {maxLength: 20}), fc.array(key, {maxLength: 20}), async (cached, others) => {
      await somebody.flushDb()
      const hex = (keys: Buffer[]) => [...new Set(keys.map((key) => key.toString('hex')))].sort()
      const gone = cached.map((key) => Buffer.concat([Buffer.from('c['), key]))
      const kept = others.map((key) => Buffer.concat([Buffer.from('k'), key]))
      for (const key of [...gone, ...kept]) await somebody.set(key, 'value')

      const {removed} = await flushRedis(url(), {...patience, match: 'c\\[*'})
      expect(removed).toBe(hex(gone).length)
      const left: string[] = []
      for (const key of kept) if (await somebody.exists(key)) left.push(key.toString('hex'))
      expect([...new Set(left)].sort()).toEqual(hex(kept))
      expect(await somebody.dbSize()).toBe(hex(kept).length)
    }),
    {numRuns: 25},
  )
})

test('a name that an add-on puts in front of the password does not matter, and a user of its own does', async () => {
  await somebody.sendCommand(['ACL', 'SETUSER', 'cache-user', 'on', '>its own/password', '~*', '&*', '+@all'])
  await somebody.set('key', 'value')
  await flushRedis(url().replace('//:', '//h:'), patience)
  expect(await somebody.dbSize()).toBe(0)

  await somebody.set('key', 'value')
  const {host} = new URL(url())
  await flushRedis(`redis://cache-user:its%20own%2Fpassword@${host}`, patience)
  expect(await somebody.dbSize()).toBe(0)
})

test('keys that somebody writes meanwhile are told', async () => {
  const busy = await scripted((name) => (name === 'DBSIZE' ? ':3\r\n' : '+OK\r\n'))
  expect(await flushRedis(`redis://127.0.0.1:${busy.port}`, patience)).toEqual({removed: 'all', left: 3})
  await busy.stop()

  const rescanned = await scripted((name) =>
    name === 'SCAN' ? '*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\na\r\n' : name === 'UNLINK' ? ':1\r\n' : '+OK\r\n',
  )
  const limits = {...patience, match: '*'}
  expect(await flushRedis(`redis://127.0.0.1:${rescanned.port}`, limits)).toEqual({removed: 1, left: 1})
  await rescanned.stop()
})
