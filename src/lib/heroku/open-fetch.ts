type Env = NodeJS.ProcessEnv

/**
 * Fetch for what must go out exactly once and for streams that may be silent for hours. Each request has a connection of its
 * own, because a pooled one that the server has just closed would lose the answer; no timeout but the caller's; proxies as the
 * CLI's own client takes them (upper case wins, port 8080 when the URL has none). undici is loaded with the first request.
 */
export function openFetch(env: Env = process.env): typeof fetch {
  let dispatcher: Promise<unknown> | undefined
  return async (input, init) => {
    dispatcher ??= openDispatcher(env)
    // Node's types name the dispatcher of its own undici; ours is a newer one, which it takes.
    return fetch(input, {...init, dispatcher: await dispatcher} as RequestInit)
  }
}

async function openDispatcher(env: Env): Promise<unknown> {
  const {EnvHttpProxyAgent} = await import('undici')
  return new EnvHttpProxyAgent({
    bodyTimeout: 0,
    headersTimeout: 0,
    pipelining: 0,
    httpProxy: proxyUrl(env.HTTP_PROXY || env.http_proxy),
    httpsProxy: proxyUrl(env.HTTPS_PROXY || env.https_proxy),
    noProxy: env.NO_PROXY || env.no_proxy || '',
  })
}

/** Empty, not undefined, when there is none: undici would look into the environment by itself. */
function proxyUrl(url: string | undefined): string {
  if (!url) return ''
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw Object.assign(new Error('no proxy URL'), {code: 'ERR_INVALID_URL'})
  const parsed = new URL(url)
  if (parsed.protocol === 'http:' && !parsed.port) parsed.port = '8080'
  return parsed.href
}
