import {parseDuration} from './duration.js'

/** The flags of a health check as oclif parses them. */
export type HealthFlags = {
  'health-check'?: string | undefined
  'health-expect': string
  'health-header'?: string | undefined
  'health-host'?: string | undefined
  'health-timeout': string
}

/** A health check as it was asked for. `check` may hold credentials: it is kept out of facts, journal and logs. */
export type HealthWanted = {
  /** `/health`, or a URL. */
  check: string
  host?: string
  /** Inclusive ranges of statuses. */
  expect: Array<[number, number]>
  header?: {name: string; value: string}
  timeoutMs: number
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
const HOST = /^[\w.-]+(?::\d{1,5})?$/

/** Reads `--health-*`. No problem repeats a check that might hold a password; `wanted` is undefined when none is asked for. */
export function parseHealth(flags: HealthFlags): {wanted?: HealthWanted; problems: string[]} {
  const {'health-check': check, 'health-header': header, 'health-host': host, 'health-timeout': timeout} = flags
  const problems: string[] = []
  if (check === undefined) {
    const without = (['health-host', 'health-header'] as const).filter((name) => flags[name] !== undefined)
    return {problems: without.map((name) => `--${name} goes with --health-check`)}
  }

  if (!isPath(check) && !isWebUrl(check))
    problems.push('--health-check takes a path such as /health, or a URL that begins with http:// or https://')
  if (host !== undefined && !HOST.test(host))
    problems.push(`--health-host ${host}: write a name such as www.example.com`)
  const timeoutMs = parseDuration(timeout)
  if (!timeoutMs) problems.push(`--health-timeout ${timeout}: write a duration such as 60s or 2m`)
  const {expect, problem} = parseExpect(flags['health-expect'])
  if (problem) problems.push(problem)
  const [name = '', value] = splitOnce(header ?? '')
  if (header !== undefined && (!TOKEN.test(name) || value === undefined))
    problems.push('--health-header: write NAME=VALUE, such as X-Version=42')
  if (problems.length > 0) return {problems}
  return {
    problems,
    wanted: {
      check,
      ...(host === undefined ? {} : {host}),
      expect,
      ...(header === undefined ? {} : {header: {name, value: value!.trim()}}),
      timeoutMs: timeoutMs!,
    },
  }
}

/** At the first `=`; what comes after may hold more of them. */
function splitOnce(text: string): [string, string?] {
  const at = text.indexOf('=')
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** `200-399`, `200,301-302`. */
function parseExpect(text: string): {expect: Array<[number, number]>; problem?: string} {
  const ranges = text.split(',').map((part) => /^\s*([1-5]\d\d)(?:-([1-5]\d\d))?\s*$/.exec(part))
  const expect = ranges.map((match): [number, number] => [Number(match?.[1]), Number(match?.[2] ?? match?.[1])])
  if (ranges.every(Boolean) && expect.every(([from, to]) => from <= to)) return {expect}
  return {expect: [], problem: `--health-expect ${text}: write statuses such as 200, 200-399 or 200,301-302`}
}

/** The URL that is asked, credentials included; undefined for a path of an app whose address is not known. */
export function healthUrl(check: string, webUrl: string | undefined): string | undefined {
  if (!isPath(check)) return check
  return webUrl === undefined ? undefined : new URL(check, webUrl).href
}

/** The URL as it may be shown and journaled: without credentials, without fragment, without the values in its query. */
export function shownUrl(url: string): string {
  const {origin, pathname, search} = new URL(url)
  const query = search
    .slice(1)
    .replaceAll(/[^&]+/g, (part) => (part.includes('=') ? part.replace(/=.*/s, '=***') : '***'))
  return `${origin}${pathname}${query ? `?${query}` : ''}`
}

/** The credentials in it, for the redactor: a user's name alone is a token. */
export function healthSecrets(check: string): string[] {
  const {password, username} = new URL(check, 'http://localhost')
  const secret = password || username
  return secret ? [...new Set([secret, decodeURIComponent(secret)])] : []
}

/** `//host` would be another host's address. */
const isPath = (check: string): boolean => /^\/(?!\/)/.test(check) && URL.canParse(check, 'http://localhost')

function isWebUrl(check: string): boolean {
  if (!/^https?:\/\//i.test(check) || !URL.canParse(check)) return false
  const {password, username} = new URL(check)
  return safely(() => decodeURIComponent(username + password)) !== undefined
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
