import type {APIClient} from '@heroku-cli/command'

import {apiUrl} from './api-login.js'

type Env = NodeJS.ProcessEnv

/**
 * Where the Data API answers: `https://api.data.heroku.com`, or the host that HEROKU_DATA_HOST or HEROKU_POSTGRESQL_HOST names,
 * with protocol and port of the Platform API, as the CLI has it (platform-facts §6.1, §9.5).
 * @throws Error when that is no host name, or a host that would get the login without encryption
 */
export function dataOrigin(heroku: APIClient, env: Env = process.env): string {
  const name = env.HEROKU_DATA_HOST ? 'HEROKU_DATA_HOST' : 'HEROKU_POSTGRESQL_HOST'
  const host = env[name] || 'api.data.heroku.com'
  if (!/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host)) {
    throw new Error(`${name} is no host name: write it without protocol and port, such as api.data.heroku.com`)
  }

  const {port, protocol} = new URL(apiUrl(heroku))
  const local = host === 'localhost' || host === '127.0.0.1'
  if (protocol === 'http:' && !local) {
    throw new Error(
      `${host} would see the login without encryption: with a local HEROKU_HOST, set HEROKU_DATA_HOST too`,
    )
  }

  return `${protocol}//${host}${port ? `:${port}` : ''}`
}
