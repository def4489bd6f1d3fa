import {Client} from 'memjs'
import {afterAll, beforeEach, describe, test} from 'vitest'

import {fill, witness} from '../cache/rig.js'
import {startMemcached} from '../real/memcached.js'
import {needs} from '../real/needs.js'
import {type RealRedis, startRedis} from '../real/redis.js'
import {idle} from '../platform/fixture.js'
import {APP, type Ended, openWorld, type World} from './world.js'

let starting: Promise<RealRedis> | undefined
const redis = (): Promise<RealRedis> => (starting ??= startRedis())
beforeEach((context) => needs(context, 'heroku-cli', 'redis'))
afterAll(async () => (await starting)?.stop())

/** An app whose cache is a database of the Redis, reached by TLS; its workers only sleep. */
async function cachingApp(
  database: number,
): Promise<World & {keys(): Promise<string[]>; set(prefix: string, count: number): Promise<void>}> {
  const {tlsUrl} = await redis()
  const url = `${tlsUrl}/${database}`
  const app = await openWorld(undefined, {
    plan: '',
    images: {web: idle, worker: idle},
    formation: {web: 0, worker: 1},
    configVars: {REDIS_URL: url},
  })
  const somebody = await witness(url)
  return {
    ...app,
    keys: async () => (await somebody.keys('*')).sort(),
    set: async (prefix, count) => void (await fill(somebody, prefix, count)),
    async [Symbol.asyncDispose]() {
      somebody.destroy()
      await app[Symbol.asyncDispose]()
    },
  }
}

const MIGRATE = ['maintenance-migrate', '--backup', 'none']
const order = ({journal}: Ended): string[] =>
  [...journal.matchAll(/"type":"begin","step":"([\w-]+)"/g)].map(([, step]) => step!)

describe.concurrent('caches are flushed inside the window', {timeout: 120_000}, () => {
  test('a Redis by TLS: empty, after the migration and before anybody is let in', async ({expect}) => {
    await using app = await cachingApp(0)
    await using neighbour = await cachingApp(1)
    await app.set('cache:', 500)
    await neighbour.set('cache:', 3)
    const done = await app.run([...MIGRATE, '--flush-cache', 'REDIS_URL', '--', 'echo migrated'])
    expect(done.code, done.stderr).toBe(0)
    expect(await app.keys()).toEqual([])
    expect(await neighbour.keys()).toHaveLength(3)
    expect(order(done).slice(-5)).toEqual(['migrate', 'flush', 'scale-up', 'up', 'maintenance-off'])
  })

  const ways = [
    {name: '--flush-cache', flags: ['--flush-cache', 'REDIS_URL'], database: 2},
    {name: '--flush-command', flags: ['--flush-command', 'echo flushing'], database: 3},
  ]
  for (const {database, flags, name} of ways) {
    test(`a Redis with Sidekiq's queues is refused for ${name}, with the evidence; --force-flush goes on`, async ({
      expect,
    }) => {
      await using app = await cachingApp(database)
      await app.set('cache:', 20)
      const somebody = await witness(`${(await redis()).tlsUrl}/${database}`)
      await somebody.sAdd('queues', 'mailers')
      await somebody.lPush('queue:mailers', '{"class":"Mail","args":[]}')
      somebody.destroy()
      const [before, keys] = [structuredClone(app.heroku.world(APP)), await app.keys()]

      const refused = await app.run([...MIGRATE, ...flags, '--', 'echo migrated'])
      expect(refused.code, refused.stderr).toBe(3)
      expect(refused.stderr).toMatch(/REDIS_URL holds .*Sidekiq/)
      expect(refused.stderr).toMatch(/--force-flush/)
      expect(refused.journal).toBe('')
      expect([app.heroku.world(APP), await app.keys()]).toEqual([before, keys])

      const forced = await app.run([...MIGRATE, ...flags, '--force-flush', '--', 'echo migrated'])
      expect(forced.code, forced.stderr).toBe(0)
      expect(await app.keys()).toEqual(name === '--flush-cache' ? [] : keys)
      if (name === '--flush-command') expect(app.log().join('\n')).toMatch(/app\[run\.\d+\]: flushing/)
    })
  }

  test('--flush-match leaves the rest, queues too', async ({expect}) => {
    await using app = await cachingApp(4)
    await app.set('cache:', 2500)
    await app.set('session:', 5)
    const {code, stderr} = await app.run([
      ...MIGRATE,
      '--flush-cache',
      'REDIS_URL',
      '--flush-match',
      'cache:*',
      '--',
      'echo migrated',
    ])
    expect(code, stderr).toBe(0)
    expect(await app.keys()).toEqual([0, 1, 2, 3, 4].map((key) => `session:${key}`))
  })

  test('MemCachier, around a release', async (context) => {
    await needs(context, 'memcached')
    const {expect} = context
    const {password, server, stop, username} = await startMemcached()
    const client = Client.create(server, {username, password, retries: 0, timeout: 20, logger: {log() {}}})
    try {
      await using app = await openWorld(undefined, {
        plan: '',
        images: {web: idle, worker: idle},
        formation: {web: 0, worker: 1},
        configVars: {MEMCACHIER_SERVERS: server, MEMCACHIER_USERNAME: username, MEMCACHIER_PASSWORD: password},
      })
      await client.set('page', 'stale', {})
      expect(String((await client.get('page')).value)).toBe('stale')
      const {code, stderr} = await app.run([
        'ship',
        ...(await app.archive('worker', 'exec sleep 2000')),
        '--backup',
        'none',
        '--migrate',
        'echo migrated',
        '--flush-cache',
        'memcachier',
      ])
      expect(code, stderr).toBe(0)
      expect((await client.get('page')).value).toBe(null)
    } finally {
      client.close()
      await stop()
    }
  })

  test('one that fails is a warning, with --flush-required a hold behind maintenance', async ({expect}) => {
    await using app = await cachingApp(5)
    const flags = ['--flush-command', 'echo no cache here; exit 7']
    const warned = await app.run([...MIGRATE, ...flags, '--', 'echo migrated'])
    expect(warned.code, warned.stderr).toBe(0)
    expect(warned.stderr).toMatch(/Warning: Not flushed, and stale entries may be served: .*status 7/)

    const held = await app.run([...MIGRATE, ...flags, '--flush-required', '--', 'echo migrated'])
    expect(held.code, held.stderr).toBe(4)
    expect(app.heroku.world(APP)).toMatchObject({maintenance: true, formation: {worker: {quantity: 0}}})
    expect(held.last(12).join('\n')).toMatch(
      /heroku ps:scale worker=1 --app example-app[^]*heroku maintenance:off --app example-app/,
    )
  })
})
