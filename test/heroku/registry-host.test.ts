import {afterEach, expect, it, vi} from 'vitest'

import {apiUrl, isTrusted, tokenOf} from '../../src/lib/heroku/api-login.js'
import {registryHost} from '../../src/lib/heroku/registry-host.js'
import {herokuClient, TOKEN} from './heroku-client.js'

afterEach(() => vi.unstubAllEnvs())

it.each([
  [undefined, 'https://api.heroku.com', 'registry.heroku.com'],
  ['staging.herokudev.com', 'https://api.staging.herokudev.com', 'registry.staging.herokudev.com'],
  ['http://localhost:5055', 'http://localhost:5055', 'localhost:5055'],
  ['http://127.0.0.1:5055', 'http://127.0.0.1:5055', '127.0.0.1:5055'],
])('with HEROKU_HOST %s the API is %s and the registry %s', (host, api, registry) => {
  const url = apiUrl(herokuClient(host))
  expect(url).toBe(api)
  expect(registryHost({}, url)).toBe(registry)
})

it('takes the registry that HEROKU_REGISTRY_HOST names, written as a URL or not', () => {
  for (const named of ['127.0.0.1:5000', 'http://127.0.0.1:5000', 'https://127.0.0.1:5000/']) {
    expect(registryHost({HEROKU_REGISTRY_HOST: named}, 'https://api.heroku.com')).toBe('127.0.0.1:5000')
  }
})

it('has the token of the login', async () => {
  expect(await tokenOf(herokuClient())).toBe(TOKEN)
})

it.each([
  ['api.heroku.com', true],
  ['heroku.com', true],
  ['localhost', true],
  ['127.0.0.1', true],
  ['evilheroku.com', false],
  ['heroku.com.evil.com', false],
  ['localhost.evil.com', false],
])('%s may see the token: %s', (host, trusted) => expect(isTrusted(host)).toBe(trusted))
