/** What an error of a socket, of http-call or of fetch carries; `cause` is where fetch hides the real one. */
type NetworkError = Error & {code?: string; syscall?: string; hostname?: string; cause?: unknown; errors?: unknown[]}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|UND_ERR_PRX_TLS|SSL_WRONG_VERSION/
const UNFOUND = new Set(['EAI_AGAIN', 'ENOTFOUND'])
const UNREACHED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])
const BROKEN = new Set([
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ECONNABORTED',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
  'ERR_STREAM_PREMATURE_CLOSE',
])
const SILENT = ' did not answer in time'
/** undici's and tunnel-agent's words for a proxy that answers CONNECT with something else than 200. */
const PROXY_REFUSAL = /^Proxy response \((\d+)\)|tunneling socket could not be established, statusCode=(\d+)/
const PROXY_FAILURE = /tunneling socket could not be established, cause=(.*)/

/** The error at the bottom: fetch wraps it once or twice, an attempt at several addresses keeps a list. */
function rootOf(error: unknown): NetworkError {
  const own = error instanceof Error ? (error as NetworkError) : (new Error(String(error)) as NetworkError)
  if (own.cause instanceof Error) return rootOf(own.cause)
  const [first] = own.errors ?? []
  return own.code === undefined && first instanceof Error ? rootOf(first) : own
}

/** True when the request cannot have left this machine: no address, no connection, no tunnel, no trusted peer. */
export function neverLeft(error: unknown): boolean {
  const {code = '', message, syscall} = rootOf(error)
  return (
    UNFOUND.has(code) ||
    UNREACHED.has(code) ||
    UNTRUSTED.test(code) ||
    (code === 'ETIMEDOUT' && syscall === 'connect') ||
    code === 'ERR_INVALID_URL' ||
    PROXY_REFUSAL.test(message) ||
    PROXY_FAILURE.test(message) ||
    // fetch's word for a port it never speaks to.
    message === 'bad port' ||
    // Node's words when TLS breaks off before the first byte of the request.
    message.startsWith('Client network socket disconnected before secure TLS')
  )
}

/**
 * Why a server was not reached or did not answer, in words that name it and say what to do. Nothing of the original error but
 * its code is kept: others hold URLs with passwords. `host` is the server we wanted.
 */
export function networkWords(error: unknown, host: string, env: NodeJS.ProcessEnv = process.env): string {
  const root = rootOf(error)
  const {code = '', message} = root
  const proxy = proxyName(env)
  const through = proxy ? ` through the proxy ${proxy}` : ''
  const refusal = PROXY_REFUSAL.exec(message)
  if (refusal)
    return `the proxy ${proxy ?? ''} refuses to connect to ${host} (HTTP ${refusal[1] ?? refusal[2]}): check HTTPS_PROXY`
  if (PROXY_FAILURE.test(message)) return `the proxy ${proxy ?? ''} can't be reached: check HTTPS_PROXY`
  if (code === 'ERR_INVALID_URL') return 'HTTPS_PROXY or HTTP_PROXY is not a URL'
  if (UNFOUND.has(code)) {
    const name = root.hostname ?? host
    return `there is no address for ${name} (DNS says ${code}): check the network${proxy?.split(':')[0] === name ? ' and HTTPS_PROXY' : ' and HEROKU_HOST'}`
  }

  if (UNTRUSTED.test(code)) {
    return `the certificate of ${host} is not trusted (${code}): behind a proxy that opens TLS, name its CA in NODE_EXTRA_CA_CERTS`
  }

  if (code === 'ECONNREFUSED') return `the connection to ${host}${through} is refused: check the network`
  if (UNREACHED.has(code) || (code === 'ETIMEDOUT' && root.syscall === 'connect'))
    return `no connection to ${host}${through} (${code}): check the network`
  if (BROKEN.has(code) || /terminated|aborted|other side closed|socket hang up/.test(message)) {
    return `the connection to ${host}${through} broke off (${code || 'closed'})`
  }

  if (root.name === 'TimeoutError' || /timed out|_TIMEOUT$/.test(`${message} ${code}`)) return `${host}${SILENT}`
  return `${host} can't be read (${code || root.name})`
}

/** Whether an error made of these words tells of a server that did not answer in time. */
export const isSilence = (cause: unknown): boolean => cause instanceof Error && cause.message.endsWith(SILENT)

/** Host and port of the proxy in use, without the password its URL may hold. */
function proxyName(env: NodeJS.ProcessEnv): string | undefined {
  const url = env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy
  return url && URL.canParse(url) ? new URL(url).host : undefined
}
