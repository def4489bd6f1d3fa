import {CacheError} from './errors.js'
import {harmless} from './harmless.js'

/** What is needed to say what went wrong without saying a secret. `lateMs`: the deadline, when that was it. */
type Surroundings = {server: string; secrets: string[]; lateMs?: number | undefined}

/** Anything that a connection to Redis throws, as what it means; our own errors stay themselves. */
export function redisError(error: unknown, {lateMs, secrets, server}: Surroundings): CacheError {
  if (error instanceof CacheError) return error
  const trouble = (kind: CacheError['kind'], said: string) =>
    new CacheError(kind, {servers: [server], message: `Redis at ${server} ${said}`})
  if (lateMs !== undefined) return trouble('timeout', `was not done within ${lateMs / 1000} s`)

  const text = error instanceof Error ? error.message : String(error)
  const word = /^[A-Z]{3,}\b/.exec(text)?.[0]
  if (isAuth(text)) return trouble('auth', `refuses the password (${word ?? 'ERR'})`)
  const code = codeOf(error)
  if (code) return trouble('unreachable', `can't be reached (${code})`)
  if (word) return trouble('refused', `refuses: ${harmless(text, secrets)}`)
  return trouble('unreachable', 'closed the connection')
}

/** The certificate's authority is unknown, and nothing else is wrong with it as far as was checked. */
export function isSelfSigned(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && SELF_SIGNED.has(code)
}

/** The name in front of the password may be the trouble: unknown to the server, or one of before Redis 6 that knows no names. */
export function wantsNoName(error: unknown): boolean {
  return error instanceof Error && (error.message.startsWith('WRONGPASS') || WRONG_NUMBER.test(error.message))
}

const WRONG_NUMBER = /^ERR wrong number of arguments for 'auth'/i
const SELF_SIGNED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const isAuth = (text: string): boolean =>
  /^(WRONGPASS|NOAUTH|DENIED)\b/.test(text) ||
  /^ERR (invalid password|Client sent AUTH|AUTH <password>)/i.test(text) ||
  WRONG_NUMBER.test(text)

/** `ECONNREFUSED`, `ENOTFOUND`, `CERT_HAS_EXPIRED`; of several addresses that were tried, the first one's. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined
}
