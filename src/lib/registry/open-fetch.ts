/** Is this machine: plain http, no proxy. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host)
}

/** Fetch that heeds the proxy variables, which Node's own does not (libraries.md §6); undici comes only when they are set. */
export function openFetch(env: NodeJS.ProcessEnv = process.env): typeof fetch {
  const httpProxy = env.HTTP_PROXY || env.http_proxy
  const httpsProxy = env.HTTPS_PROXY || env.https_proxy || httpProxy
  if (!httpProxy && !httpsProxy) return fetch
  let dispatcher: Promise<unknown> | undefined
  return async (input, init) => {
    if (isLoopback(new URL(String(input)).host)) return fetch(input, init)
    dispatcher ??= import('undici').then(
      ({EnvHttpProxyAgent}) => new EnvHttpProxyAgent(definedOnly({httpProxy, httpsProxy})),
    )
    // Node's types know the dispatcher of its own undici only; ours is a newer one, which it takes.
    return fetch(input, {...init, dispatcher: await dispatcher} as RequestInit)
  }
}

function definedOnly(proxies: {httpProxy: string | undefined; httpsProxy: string | undefined}): Record<string, string> {
  return Object.fromEntries(Object.entries(proxies).filter(([, url]) => url)) as Record<string, string>
}
