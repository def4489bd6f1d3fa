import type {APIClient} from '@heroku-cli/command'

/** The same hosts to which the CLI's own client sends its token (@heroku-cli/command, api-client). */
const HEROKU_DOMAINS = ['heroku.com', 'herokai.com', 'herokuspace.com', 'herokudev.com']
const LOCAL_HOSTS = ['localhost', '127.0.0.1']

/** Where the Platform API answers, as the CLI derived it from HEROKU_HOST: `https://api.heroku.com`. */
export function apiUrl(heroku: APIClient): string {
  const {host = 'api.heroku.com', port, protocol = 'https:'} = heroku.defaults
  return new URL(`${protocol}//${host}${port ? `:${port}` : ''}`).origin
}

/** The token of whoever is logged in; undefined when nobody is. Never starts a login. */
export function tokenOf(heroku: APIClient): Promise<string | undefined> {
  return heroku.getAuth()
}

/** Whether a host may be shown the token. */
export function isTrusted(hostname: string): boolean {
  return (
    LOCAL_HOSTS.includes(hostname) ||
    HEROKU_DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))
  )
}
