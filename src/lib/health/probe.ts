import {noAnswerWords} from './no-answer.js'
import type {HealthAnswer, HealthQuestion, Probe} from './types.js'

const PAGE_BYTES = 8192
/** An error page that trickles tells enough when it is cut. */
const PAGE_MS = 2000

/** Asks through the proxies of the environment, this machine directly. undici is loaded with the first question. */
export function openProbe(env: NodeJS.ProcessEnv = process.env): Probe {
  return async (question) => {
    const {signal, timeoutMs} = question
    signal.throwIfAborted()
    const url = new URL(question.url)
    try {
      return await ask(url, question, env, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    } catch (error) {
      signal.throwIfAborted()
      return {noAnswer: noAnswerWords(error, url.host)}
    }
  }
}

/** Each question has a connection and a look at the DNS of its own: what an old connection leads to proves nothing. */
async function ask(
  url: URL,
  {host, timeoutMs}: HealthQuestion,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const {request} = await import('undici')
  const dispatcher = await openDispatcher(url, timeoutMs, env)
  const target = new URL(url)
  target.username = ''
  target.password = ''
  try {
    const answer = await request(target, {
      dispatcher,
      signal,
      headers: {
        accept: '*/*',
        // A page in a form that we can read, made now.
        'accept-encoding': 'identity',
        'cache-control': 'no-cache',
        'user-agent': 'heroku-pipeline-ship',
        ...(host ? {host} : {}),
        ...(url.username || url.password ? {authorization: basic(url)} : {}),
      },
    })
    const page = answer.statusCode >= 500 ? await beginningOf(answer.body) : ''
    return {status: answer.statusCode, headers: listed(answer.headers), page}
  } finally {
    await dispatcher.destroy().catch(() => {})
  }
}

/**
 * undici takes the name for SNI and the certificate from the Host header; here they are the URL's, as with `curl -H Host:`. Whoever
 * wants those of another name writes them into the URL.
 */
async function openDispatcher(url: URL, timeoutMs: number, env: NodeJS.ProcessEnv) {
  const {Agent, buildConnector, EnvHttpProxyAgent} = await import('undici')
  const servername = isAddress(url.hostname) ? '' : url.hostname
  const plain = buildConnector({timeout: timeoutMs})
  const connect: typeof plain = (options, done) => plain({...options, servername}, done)
  const limits = {bodyTimeout: 0, connect, headersTimeout: 0, pipelining: 0}
  if (isLoopback(url.hostname)) return new Agent(limits)

  return new EnvHttpProxyAgent({
    ...limits,
    // Proxies take CONNECT for TLS; many take it for nothing else.
    proxyTunnel: url.protocol === 'https:',
    requestTls: {servername},
    // Empty, not undefined, when there is none: undici would look into the environment by itself.
    httpProxy: env.HTTP_PROXY || env.http_proxy || '',
    httpsProxy: env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy || '',
    noProxy: env.NO_PROXY || env.no_proxy || '',
  })
}

const isLoopback = (hostname: string): boolean => /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

const isAddress = (hostname: string): boolean => /^(?:\d+(?:\.\d+){3}|\[.*\])$/.test(hostname)

function basic({password, username}: URL): string {
  return 'Basic ' + Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
}

async function beginningOf(body: AsyncIterable<Buffer> & {destroy(): unknown}): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const enough = setTimeout(() => body.destroy(), PAGE_MS)
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= PAGE_BYTES) break
    }
  } catch {
    // The status was the answer; what came of the page is enough.
  } finally {
    clearTimeout(enough)
  }

  return Buffer.concat(chunks).subarray(0, PAGE_BYTES).toString()
}

function listed(headers: Record<string, string[] | string | undefined>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat()]))
}
