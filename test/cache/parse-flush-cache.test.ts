import {expect, test} from 'vitest'

import {FlushCacheError} from '../../src/lib/cache/errors.js'
import {parseFlushCache, redisTargets} from '../../src/lib/cache/parse-flush-cache.js'

const secret = 'the-password'
const memcachier = {
  MEMCACHIER_SERVERS: 'mc1.dev.ec2.memcachier.com:11211, mc2.dev.ec2.memcachier.com,mc1.dev.ec2.memcachier.com:11211',
  MEMCACHIER_USERNAME: 'A1B2C3',
  MEMCACHIER_PASSWORD: secret,
}

test('memcachier is every server of MEMCACHIER_SERVERS, each once', () => {
  expect(parseFlushCache('memcachier', memcachier)).toEqual({
    kind: 'memcached',
    servers: ['mc1.dev.ec2.memcachier.com:11211', 'mc2.dev.ec2.memcachier.com:11211'],
    username: 'A1B2C3',
    password: secret,
  })
})

test.each(['redis', 'rediss'])('a config var with a %s:// URL is that Redis', (scheme) => {
  const url = `${scheme}://:${secret}@ec2-1-2-3-4.compute-1.amazonaws.com:6380`
  expect(parseFlushCache('REDIS_URL', {REDIS_URL: url})).toEqual({kind: 'redis', variable: 'REDIS_URL', url})
})

test.each([
  ['REDIS_URL', {}],
  ['REDIS_URL', {REDIS_URL: ''}],
  ['DATABASE_URL', {DATABASE_URL: `postgres://u:${secret}@host:5432/db`}],
  ['REDIS_URL', {REDIS_URL: secret}],
  ['REDIS_URL', {REDIS_URL: `redis://:${secret}`}],
  ['REDIS_URL', {REDIS_URL: `redis://:${secret}@host:99999`}],
  ['REDIS_URL', {REDIS_URL: `redis://:${secret}%zz@host`}],
  ['REDIS_URL', {REDIS_URL: `redis://:${secret}@host/cache`}],
  ['REDIS_URL', {REDIS_URL: `redis:///${secret}`}],
  ['memcachier', {...memcachier, MEMCACHIER_SERVERS: ''}],
  ['memcachier', {...memcachier, MEMCACHIER_SERVERS: ','}],
  ['memcachier', {...memcachier, MEMCACHIER_SERVERS: `user:${secret}@host`}],
  ['memcachier', {...memcachier, MEMCACHIER_SERVERS: 'host:70000'}],
  ['memcachier', {MEMCACHIER_SERVERS: 'host:1', MEMCACHIER_PASSWORD: secret}],
  ['memcachier', {MEMCACHIER_SERVERS: 'host:1', MEMCACHIER_USERNAME: 'A1B2C3'}],
])('%s of %j is refused, by the names of flag and config var, without a value', (value, vars) => {
  const refusal = refusalOf(() => parseFlushCache(value, vars))
  expect(refusal).toContain(`--flush-cache ${value}: `)
  if (value === 'memcachier') expect(refusal).toMatch(/config var MEMCACHIER_(SERVERS|USERNAME|PASSWORD)/)
  expect(refusal).not.toContain(secret)
})

test('a URL in the place of a name does not come back', () => {
  expect(refusalOf(() => parseFlushCache(`redis://:${secret}@host`, {}))).not.toContain(secret)
})

test('every Redis of an app, one for each server and database', () => {
  const cache = `rediss://:${secret}@cache.example.com:6380`
  const jobs = `redis://default:${secret}@jobs.example.com`
  const vars = {
    PORT: '80',
    REDIS_URL: cache,
    REDIS_TLS_URL: cache,
    JOBS_URL: jobs,
    JOBS_DB_URL: `${jobs}/1`,
    DATABASE_URL: `postgres://u:${secret}@host:5432/db`,
  }
  expect(redisTargets(vars)).toEqual([
    {kind: 'redis', variable: 'REDIS_URL', url: cache},
    {kind: 'redis', variable: 'JOBS_URL', url: jobs},
    {kind: 'redis', variable: 'JOBS_DB_URL', url: `${jobs}/1`},
  ])
})

function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(FlushCacheError)
    return (error as Error).message
  }
  return expect.fail('was accepted')
}
