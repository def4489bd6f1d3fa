import {afterEach, describe, expect, it, vi} from 'vitest'

import {describeError, NotSent, OutcomeUnknown, PlatformError, Unreadable} from '../../src/lib/heroku/errors.js'
import {neverLeft, networkWords} from '../../src/lib/heroku/network-words.js'
import {oneLine} from '../../src/lib/heroku/one-line.js'
import {rateLimitWait} from '../../src/lib/heroku/rate-limit.js'

afterEach(() => vi.unstubAllEnvs())

const read = {method: 'GET', path: '/apps/example-app'}
const patch = {method: 'PATCH', path: '/apps/example-app/formation'}

describe('a refusal in words', () => {
  it.each([
    [
      {...read, status: 401, id: 'unauthorized', said: 'Invalid credentials provided.'},
      'Log in with `heroku login`, or set HEROKU_API_KEY.',
    ],
    [
      {...read, status: 402, id: 'delinquent', said: 'Past due.'},
      'A payment is due: see https://dashboard.heroku.com/account/billing.',
    ],
    [
      {...read, status: 403, id: 'forbidden', said: 'You do not have access.'},
      '`heroku access --app example-app` who may.',
    ],
    [{...read, status: 403, id: 'suspended', said: 'Suspended.'}, 'is suspended: see https://dashboard.heroku.com'],
    [
      {...read, status: 403, id: 'two_factor', said: 'A second factor is required.'},
      'use a token made with `heroku authorizations:create`',
    ],
    [{...read, status: 403, id: 'sso_required', said: 'Log in with SSO.'}, 'run `heroku login --sso`.'],
    [{...read, status: 404, id: 'not_found', said: "Couldn't find that app."}, 'Check the name: `heroku apps --all`'],
    [
      {...patch, status: 404, id: 'not_found', said: "Couldn't find that record."},
      'The image is not in the registry of example-app: push it again.',
    ],
    [
      {
        ...read,
        path: '/apps/example-app/releases/99',
        status: 404,
        id: 'not_found',
        said: "Couldn't find that release.",
      },
      '`heroku releases --app example-app`',
    ],
    [{...patch, status: 422, id: 'verification_required', said: 'Please verify.'}, 'https://heroku.com/verify'],
    [
      {...read, status: 429, id: 'rate_limit', said: 'Limit.', rateLimitRemaining: 3},
      'used up, 3 calls are left; it refills by about 75 calls a minute',
    ],
    [{...read, status: 503, said: 'Application Error'}, 'see https://status.heroku.com'],
    [{...read, status: 302}, 'check HEROKU_HOST'],
  ])('%j', (answer, advice) => {
    vi.stubEnv('HEROKU_API_KEY', undefined)
    const words = describeError(new PlatformError(answer))
    expect(words).toContain(advice)
    expect(words).toContain(`(${answer.status}`)
    expect(words).not.toMatch(/[\n<>]|undefined|\.\./)
  })

  it('says what failed first, then why, then what to do', () => {
    expect(
      describeError(
        new PlatformError({...patch, status: 422, id: 'invalid_params', said: 'docker_image is no digest.'}),
      ),
    ).toBe('Heroku refuses to PATCH /apps/example-app/formation: docker_image is no digest (422 invalid_params).')
  })

  it('points at HEROKU_API_KEY when that is the login', () => {
    vi.stubEnv('HEROKU_API_KEY', 'some-key-of-mine')
    const words = describeError(new PlatformError({...read, status: 401, id: 'unauthorized'}))
    expect(words).toContain('HEROKU_API_KEY is not valid')
    expect(words).not.toContain('some-key-of-mine')
  })
})

describe('describeError', () => {
  const cause = new Error('the connection broke off')

  it.each([
    [
      new OutcomeUnknown({...patch, cause}),
      'The answer to PATCH /apps/example-app/formation is lost, so whether it took effect is unknown: the connection broke off',
    ],
    [new NotSent({...patch, cause}), "Can't send PATCH /apps/example-app/formation: the connection broke off"],
    [new Unreadable({...read, cause}), "Can't read /apps/example-app from Heroku: the connection broke off"],
    [new Error('anything'), 'anything'],
    ['thrown text', 'thrown text'],
  ])('%s', (error, words) => expect(describeError(error)).toBe(words))

  it('says nothing of the cause of an error that is not ours', () => {
    expect(describeError(new Error('outer', {cause: new Error('https://user:pa55word@host')}))).toBe('outer')
  })
})

const coded = (code: string, message = code, more: object = {}) => Object.assign(new Error(message), {code, ...more})
const fetchFailed = (cause: Error) => new TypeError('fetch failed', {cause})

describe('a connection that fails', () => {
  const proxied = {HTTPS_PROXY: 'http://user:pa55word@proxy.example:3128'}
  it.each<[Error, NodeJS.ProcessEnv, boolean, string]>([
    [
      coded('ENOTFOUND', 'x', {hostname: 'api.heroku.com'}),
      {},
      true,
      'there is no address for api.heroku.com (DNS says ENOTFOUND): check the network and HEROKU_HOST',
    ],
    [
      coded('EAI_AGAIN', 'x', {hostname: 'proxy.example'}),
      proxied,
      true,
      'there is no address for proxy.example (DNS says EAI_AGAIN): check the network and HTTPS_PROXY',
    ],
    [fetchFailed(coded('ECONNREFUSED')), {}, true, 'the connection to api.heroku.com is refused: check the network'],
    [
      fetchFailed(coded('ECONNREFUSED')),
      proxied,
      true,
      'the connection to api.heroku.com through the proxy proxy.example:3128 is refused: check the network',
    ],
    [
      fetchFailed(coded('UND_ERR_CONNECT_TIMEOUT')),
      {},
      true,
      'no connection to api.heroku.com (UND_ERR_CONNECT_TIMEOUT): check the network',
    ],
    [
      coded('ETIMEDOUT', 'x', {syscall: 'connect'}),
      {},
      true,
      'no connection to api.heroku.com (ETIMEDOUT): check the network',
    ],
    [
      fetchFailed(coded('DEPTH_ZERO_SELF_SIGNED_CERT')),
      {},
      true,
      'the certificate of api.heroku.com is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT): behind a proxy that opens TLS, name its CA in NODE_EXTRA_CA_CERTS',
    ],
    [
      fetchFailed(coded('ERR_TLS_CERT_ALTNAME_INVALID')),
      {},
      true,
      'the certificate of api.heroku.com is not trusted (ERR_TLS_CERT_ALTNAME_INVALID): behind a proxy that opens TLS, name its CA in NODE_EXTRA_CA_CERTS',
    ],
    [
      coded('ECONNRESET', 'tunneling socket could not be established, statusCode=407'),
      proxied,
      true,
      'the proxy proxy.example:3128 refuses to connect to api.heroku.com (HTTP 407): check HTTPS_PROXY',
    ],
    [
      coded('ECONNRESET', 'tunneling socket could not be established, cause=connect ECONNREFUSED'),
      proxied,
      true,
      "the proxy proxy.example:3128 can't be reached: check HTTPS_PROXY",
    ],
    [fetchFailed(coded('ECONNRESET')), {}, false, 'the connection to api.heroku.com broke off (ECONNRESET)'],
    [
      fetchFailed(coded('UND_ERR_SOCKET', 'other side closed')),
      {},
      false,
      'the connection to api.heroku.com broke off (UND_ERR_SOCKET)',
    ],
    [new TypeError('terminated'), {}, false, 'the connection to api.heroku.com broke off (closed)'],
    [coded('ETIMEDOUT', 'x', {syscall: 'read'}), {}, false, 'the connection to api.heroku.com broke off (ETIMEDOUT)'],
    [new Error('Request timed out'), {}, false, 'api.heroku.com did not answer in time'],
    [
      coded('HPE_INVALID_CONSTANT', 'Parse Error https://user:pa55word@x'),
      {},
      false,
      "api.heroku.com can't be read (HPE_INVALID_CONSTANT)",
    ],
  ])('%s: %j', (error, env, unsent, words) => {
    expect(neverLeft(error)).toBe(unsent)
    expect(networkWords(error, 'api.heroku.com', env)).toBe(words)
    expect(words).not.toContain('pa55word')
  })

  it('is told by the first address when there were several', () => {
    const several = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')], 'several')
    expect(neverLeft(fetchFailed(several))).toBe(true)
  })
})

describe('oneLine', () => {
  it.each([
    ['two\nlines\tof  text', 'two lines of text'],
    ['<html><head><title>Application\n Error</title></head><body>long</body></html>', 'Application Error'],
    ['<!DOCTYPE html><script>var x = "<p>"</script><p>Bad &mdash; gateway</p>', 'Bad &mdash; gateway'],
    ['your token is SECRET-TOKEN!', 'your token is ***!'],
    ['\u001B[31mred\u001B[0m', '[31mred [0m'],
    ['', ''],
  ])('%j', (said, line) => expect(oneLine(said, 'SECRET-TOKEN')).toBe(line))

  it('is never long', () => expect(oneLine('x'.repeat(5000))).toHaveLength(300))
})

describe('the wait after a 429', () => {
  const now = Date.parse('2026-01-01T12:00:00Z')
  it('is as told, in seconds or as a date', () => {
    expect(rateLimitWait('7', 0, now)).toBe(7000)
    expect(rateLimitWait('Thu, 01 Jan 2026 12:00:09 GMT', 0, now)).toBe(9000)
    expect(rateLimitWait('Thu, 01 Jan 2026 11:59:00 GMT', 0, now)).toBe(0)
  })

  it('grows when nothing sensible is told', () => {
    expect([0, 1, 2, 3, 4, 50].map((attempt) => rateLimitWait(undefined, attempt, now))).toEqual([
      5000, 10_000, 20_000, 30_000, 30_000, 30_000,
    ])
    expect(rateLimitWait('soon', 0, now)).toBe(5000)
  })
})
