import {afterAll, beforeEach, expect, test} from 'vitest'

import {inspectRedis} from '../../src/lib/cache/inspect-redis.js'
import {needs} from '../real/needs.js'
import {startRedis, type RealRedis} from '../real/redis.js'
import {fill, haste, patience, scripted, witness, type Witness} from './rig.js'

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

const look = (more: {maxKeys?: number; match?: string} = {}) =>
  inspectRedis(redis?.tlsUrl ?? '', {...patience, maxKeys: 50_000, ...more})

const sha256 = 'a'.repeat(64)
const id = '0123456789abcdef'
const job = '{"class":"Hard","args":[],"queue":"default","jid":"b4a577edbccf1d805744efa9","retry":true}'

/** What the libraries write, command by command, and what is said of it. */
const libraries: Array<[whose: string, commands: string[][], evidence: string[]]> = [
  [
    'Sidekiq',
    [
      ['SADD', 'queues', 'default'],
      ['LPUSH', 'queue:default', job],
      ['ZADD', 'schedule', '1763690000.5', job],
      ['SADD', 'processes', 'web.1:4:c0ffee'],
      ['HSET', 'web.1:4:c0ffee', 'info', '{}'],
      ['SET', 'stat:processed', '7'],
    ],
    [
      'Sidekiq: queues (1 key, set)',
      'Sidekiq: processes (1 key, set)',
      'Sidekiq: schedule, retry, dead (1 key, zset)',
      'Sidekiq: stat:* (1 key, string)',
      'Sidekiq: queue:* (1 key, list)',
    ],
  ],
  [
    'Sidekiq in a namespace, with nothing but a failed job',
    [['ZADD', 'shop:retry', '1763690000.5', job]],
    ['Sidekiq: schedule, retry, dead (1 key, zset)'],
  ],
  [
    'Resque',
    [
      ['SADD', 'resque:queues', 'mail'],
      ['RPUSH', 'resque:queue:mail', job],
    ],
    ['Resque: resque:* (2 keys)'],
  ],
  [
    'BullMQ',
    [
      ['HSET', 'bull:mail:meta', 'opts.maxLenEvents', '10000', 'version', 'bullmq:5.54.2'],
      ['SET', 'bull:mail:id', '1'],
      ['LPUSH', 'bull:mail:wait', '1'],
    ],
    ['BullMQ: bull:* (3 keys)'],
  ],
  [
    'BullMQ with a prefix of its own, idle',
    [
      ['HSET', '{shop}:mail:meta', 'version', 'bullmq:5.54.2'],
      ['XADD', '{shop}:mail:events', '*', 'event', 'drained'],
    ],
    ['BullMQ: *:events (1 key, stream)'],
  ],
  [
    'Celery',
    [
      ['SADD', '_kombu.binding.celery', 'celery\u0006\u0016\u0006\u0016celery'],
      ['LPUSH', 'celery', '{"body": "W10="}'],
      ['LPUSH', 'mail\u0006\u00163', '{"body": "W10="}'],
      ['HSET', 'unacked', id, '[]'],
      ['SET', `celery-task-meta-${id}`, '{}'],
    ],
    [
      'Celery: _kombu* (1 key)',
      'Celery: unacked* (1 key, hash)',
      'Celery: celery (1 key, list)',
      'Celery: *\\x06\\x16* (1 key, list)',
      'Celery: celery-task-meta-* (1 key)',
    ],
  ],
  ['RQ', [['SADD', 'rq:queues', 'rq:queue:default']], ['RQ: rq:* (1 key)']],
  ['Laravel', [['RPUSH', 'shop_database_queues:mail', '{}']], ['Laravel: queues:* (1 key, list)']],
  [
    'sessions of Laravel in its cache',
    [['SETEX', 'shop_database_shop_cache_:q4fXo2vUmbW0dJkT5eY8RzLpN1sCgH7iAa3Bx6Vw', '7200', 's:0:""']],
    ['sessions (Laravel): *cache*:(40 letters) (1 key)'],
  ],
  ['sessions of Express', [['SETEX', `sess:${id}`, '86400', '{"cookie":{}}']], ['sessions: sess:* (1 key)']],
  ['sessions of Rails', [['SETEX', `2::${sha256}`, '86400', 'x']], ['sessions (Rails): *2::* (1 key)']],
  [
    'sessions of Rails in its cache',
    [['SETEX', `_session_id:2::${sha256}`, '86400', 'x']],
    ['sessions (Rails): *2::* (1 key)'],
  ],
  [
    'sessions of Django',
    [['SETEX', `:1:django.contrib.sessions.cache${id}`, '86400', 'x']],
    ['sessions (Django): *django.contrib.sessions.* (1 key)'],
  ],
  ['sessions of an app', [['HSET', `shop:session:${id}`, 'user', '1']], ['sessions: session:* (1 key)']],
]

test.each(libraries)(
  '%s is found among a cache, and no key with an id is shown',
  async (_whose, commands, evidence) => {
    await fill(somebody, 'views/products/', 3000)
    for (const command of commands) await somebody.sendCommand(command)
    const found = await look()
    expect(found.verdict).toBe('holds')
    expect([...found.evidence].sort()).toEqual([...evidence].sort())
    for (const hidden of [id, sha256, 'q4fXo2', 'c0ffee', 'b4a577'])
      expect(found.evidence.join('\n')).not.toContain(hidden)
  },
)

test('a cache is clear, even with names that queues have for other types', async () => {
  const commands = [
    ['SET', 'schedule', 'cached page'],
    ['SET', 'queues', 'cached page'],
    ['SET', 'shop:dead', 'x'],
    ['HSET', 'user:1:events', 'f', 'v'],
    ['SET', 'celery', 'a recipe'],
    ['SET', 'views/sessions/new', '<form>'],
    ['SET', `laravel_cache_:${'0a'.repeat(20)}`, 'a tag, which is a SHA-1'],
    ['ZADD', 'rack::attack', '1', 'x'],
    ['SET', Buffer.from([0xff, 0xfe, 0, 0x80]).toString('latin1'), 'x'],
    ['SADD', 'tag:products', '1'],
  ]
  for (const command of commands) await somebody.sendCommand(command)
  await fill(somebody, 'cache:', 2500)
  expect(await look()).toEqual({verdict: 'clear', evidence: [], looked: 2510})
})

test('an empty Redis is clear', async () => {
  expect(await look()).toEqual({verdict: 'clear', evidence: [], looked: 0})
})

test('a Redis with more keys than may be looked at is unknown, as many keys as may be are enough', async () => {
  await fill(somebody, 'cache:', 20_000)
  const found = await look({maxKeys: 5000})
  expect(found).toMatchObject({verdict: 'unknown', evidence: []})
  expect(found.looked).toBeGreaterThanOrEqual(5000)
  expect(found.looked).toBeLessThan(8000)
  expect(found.cutShort).toBe(`looked at ${found.looked} of 20000 keys`)
  expect(await look({maxKeys: 20_000})).toEqual({verdict: 'clear', evidence: [], looked: 20_000})
})

test('queues with well-known names are found in a Redis too large to be looked through', async () => {
  await fill(somebody, 'cache:', 20_000)
  await somebody.sAdd('queues', 'default')
  expect(await look({maxKeys: 1})).toMatchObject({
    verdict: 'holds',
    evidence: ['Sidekiq: queues (at least 1 key, set)'],
  })
})

test('with a match it is about those keys alone', async () => {
  await somebody.sAdd('queues', 'default')
  await fill(somebody, 'cache:', 3000)
  expect(await look({match: 'cache:*'})).toMatchObject({verdict: 'clear', evidence: []})
  expect(await look({match: 'q*'})).toMatchObject({verdict: 'holds', evidence: ['Sidekiq: queues (1 key, set)']})
  await fill(somebody, 'other:', 20_000)
  expect(await look({match: 'cache:*', maxKeys: 5000})).toMatchObject({verdict: 'unknown'})
})

test('a Redis that stops answering in the middle of the look is unknown, with what was found so far', async () => {
  const stuck = await scripted((name, key) => {
    if (name === 'DBSIZE') return ':5000\r\n'
    if (name === 'EXISTS') return key === 'queues' ? ':1\r\n' : ':0\r\n'
    if (name === 'TYPE') return '+set\r\n'
    return undefined
  })
  const url = `redis://127.0.0.1:${stuck.port}`
  const found = await inspectRedis(url, {...haste, deadlineMs: 1500, maxKeys: 100_000})
  expect(found).toMatchObject({verdict: 'holds', evidence: ['Sidekiq: queues (at least 1 key, set)'], looked: 0})
  await stuck.stop()

  const refusing = await scripted((name) => (name === 'DBSIZE' ? ':5\r\n' : '-NOPERM not allowed\r\n'))
  const refused = await inspectRedis(`redis://127.0.0.1:${refusing.port}`, {...patience, maxKeys: 100})
  expect(refused).toMatchObject({verdict: 'unknown', evidence: []})
  expect(refused.cutShort).toContain('NOPERM')
  await refusing.stop()
})
