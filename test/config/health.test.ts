import {describe, expect, it} from 'vitest'

import {type HealthFlags, healthSecrets, healthUrl, parseHealth, shownUrl} from '../../src/lib/config/health.js'

const flags = (more: Partial<HealthFlags> = {}): HealthFlags => ({
  'health-check': '/health',
  'health-expect': '200-399',
  'health-timeout': '60s',
  ...more,
})
const problem = (more: Partial<HealthFlags>) => parseHealth(flags(more)).problems.join('\n')

describe('a health check', () => {
  it('is none without --health-check, which what belongs to it misses', () => {
    expect(parseHealth(flags({'health-check': undefined}))).toEqual({problems: []})
    const alone = {'health-check': undefined, 'health-host': 'x', 'health-header': 'A=b'}
    expect(problem(alone)).toBe('--health-host goes with --health-check\n--health-header goes with --health-check')
  })

  it('is read from its flags', () => {
    const given = {
      'health-expect': '200, 301-302',
      'health-header': 'X-Version=a=b ',
      'health-host': 'www.example.com:8080',
    }
    expect(parseHealth(flags(given))).toEqual({
      problems: [],
      wanted: {
        check: '/health',
        host: 'www.example.com:8080',
        expect: [
          [200, 200],
          [301, 302],
        ],
        header: {name: 'X-Version', value: 'a=b'},
        timeoutMs: 60_000,
      },
    })
  })

  it.each(['200-', '600', '99', '399-200', '', '200,,301', '2xx', '200;301'])('no statuses: %j', (text) => {
    expect(problem({'health-expect': text})).toContain(`--health-expect ${text}: write statuses`)
  })

  it.each<[string, Partial<HealthFlags>]>([
    ['--health-timeout 60', {'health-timeout': '60'}],
    ['--health-timeout 0s', {'health-timeout': '0s'}],
    ['--health-host', {'health-host': 'a b'}],
    ['--health-host', {'health-host': 'a\r\nX-Evil: 1'}],
    ['--health-header', {'health-header': 'no-value'}],
    ['--health-header', {'health-header': '=value'}],
    ['--health-header', {'health-header': 'A b=c'}],
  ])('%s', (said, given) => {
    expect(problem(given)).toContain(said)
  })

  it.each(['health', '//other-host/health', 'ftp://me:secret@x/', 'https://', 'https://me:se%cret@x/', 'data:secret'])(
    'neither a path nor a URL, and not repeated: %s',
    (check) => {
      expect(problem({'health-check': check})).toMatch(/^--health-check takes a path such as \/health, or a URL[^\n]*$/)
      expect(problem({'health-check': check})).not.toContain('secret')
    },
  )
})

describe('its URL', () => {
  it.each([
    ['/health?a=1', 'https://app-123.herokuapp.com/', 'https://app-123.herokuapp.com/health?a=1'],
    ['https://me:pw@www.example.com/up', undefined, 'https://me:pw@www.example.com/up'],
    ['/health', undefined, undefined],
  ])('%s of %s', (check, webUrl, url) => {
    expect(healthUrl(check, webUrl)).toBe(url)
  })

  it('is shown without what may be a secret', () => {
    const url = 'https://me:s3cret-word@www.example.com:8443/up?token=s3cret&full&s3cret=#s3cret'
    expect(shownUrl(url)).toBe('https://www.example.com:8443/up?token=***&***&s3cret=***')
    expect(shownUrl('https://www.example.com/up')).toBe('https://www.example.com/up')
  })

  it.each([
    ['https://me:s%40cret@x.org/', ['s%40cret', 's@cret']],
    ['https://token-alone@x.org/', ['token-alone']],
    ['/health?full=1', []],
  ])('%s has secrets', (check, secrets) => {
    expect(healthSecrets(check)).toEqual(secrets)
  })
})
