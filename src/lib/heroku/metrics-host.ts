import type {APIClient} from '@heroku-cli/command'

import {apiUrl, isTrusted} from './api-login.js'

type Env = NodeJS.ProcessEnv

const DEFAULT = 'https://api.metrics.heroku.com'

/**
 * Where the metrics host answers: `https://api.metrics.heroku.com`, or the base URL in HEROKU_METRICS_HOST, which is the
 * official SDK's variable (platform-facts §8.7); a host name alone counts as https.
 * @throws Error when that is no such URL, or a host that must not see the login or would see it without encryption
 */
export function metricsOrigin(heroku: APIClient, env: Env = process.env): string {
  const said = env.HEROKU_METRICS_HOST
  if (!said && new URL(apiUrl(heroku)).protocol === 'http:') {
    throw new Error('with a local HEROKU_HOST there is no metrics host: set HEROKU_METRICS_HOST too')
  }

  const text = said || DEFAULT
  const href = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(href) ? new URL(href) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || !/^\/?$/.test(url.pathname)) {
    throw new Error(`HEROKU_METRICS_HOST is no base URL: write it as ${DEFAULT}`)
  }

  const local = ['127.0.0.1', 'localhost'].includes(url.hostname)
  if (!isTrusted(url.hostname) || (url.protocol === 'http:' && !local)) {
    throw new Error(`${url.host} is no host of Heroku, it must not see the login: check HEROKU_METRICS_HOST`)
  }

  return url.origin
}
