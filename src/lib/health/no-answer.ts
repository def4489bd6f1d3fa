/** What an error of a socket or of undici carries; `cause` and `errors` is where the real one may hide. */
type NetworkError = Error & {code?: string; syscall?: string; cause?: unknown; errors?: unknown[]}

const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/
const NO_TLS = /SSL|TLS_|EPROTO/
const UNFOUND = new Set(['EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA', 'ENOTFOUND'])
const UNREACHED = new Set(['EADDRNOTAVAIL', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'])
const BROKEN = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
/** undici's words for a proxy that answers CONNECT with something else than 200. */
const PROXY_REFUSAL = /^Proxy response \((\d+)\)/

/**
 * Why there was no answer, as a clause that names the host and nothing else of the URL. The same trouble has the same words each
 * time: that is how what failed before a ship is known again after it.
 */
export function noAnswerWords(error: unknown, host: string): string {
  const {code = '', message, name, syscall} = rootOf(error)
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT' || (code === 'ETIMEDOUT' && syscall === 'connect'))
    return `${host} does not answer in time`
  const refusal = PROXY_REFUSAL.exec(message)
  if (refusal) return `the proxy refuses to connect to ${host} (HTTP ${refusal[1]}): see HTTPS_PROXY`
  if (UNFOUND.has(code)) return `there is no address for ${host} (DNS says ${code})`
  if (code === 'ECONNREFUSED') return `the connection to ${host} is refused`
  if (UNREACHED.has(code)) return `there is no way to ${host} (${code})`
  if (EXPIRED.has(code)) return `the certificate of ${host} has expired, or is not valid yet`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `the certificate of ${host} is for another name`
  if (UNTRUSTED.test(code)) return `the certificate of ${host} is not trusted (${code})`
  if (NO_TLS.test(code)) return `${host} does not speak TLS as it should (${code})`
  if (BROKEN.has(code) || /other side closed|socket hang up|disconnected before secure TLS/.test(message))
    return `the connection to ${host} breaks off`
  if (name === 'HTTPParserError') return `${host} does not speak HTTP as it should`
  return `${host} can't be asked (${code || name})`
}

/** The error at the bottom: an attempt at several addresses keeps a list. */
function rootOf(error: unknown): NetworkError {
  const own = (error instanceof Error ? error : new Error(String(error))) as NetworkError
  if (own.cause instanceof Error) return rootOf(own.cause)
  const [first] = own.errors ?? []
  return first instanceof Error ? rootOf(first) : own
}
