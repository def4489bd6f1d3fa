/** Is this machine: plain http, no proxy. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host)
}

/** Fetch that heeds the proxy variables, which Node's own does not (libraries.md §6); undici comes only when they are set. */
export function openFetch(env: NodeJS.ProcessEnv = process.env): typeof fetch {
  const httpProxy = env.HTTP_PROXY || env.http_proxy
  const httpsProxy = env.HTTPS_PROXY || env.https_proxy || httpProxy
  if (!httpProxy && !httpsProxy) return fetch
  let proxied: Promise<typeof fetch> | undefined
  return async (input, init) => {
    if (isLoopback(new URL(String(input)).host)) return fetch(input, init)
    proxied ??= fetchThrough(definedOnly({httpProxy, httpsProxy}))
    return (await proxied)(input, init)
  }
}

/** With undici's own fetch: Node's takes a newer undici's dispatcher, but then cannot send a stream. */
async function fetchThrough(proxies: Record<string, string>): Promise<typeof fetch> {
  const {EnvHttpProxyAgent, fetch: send} = await import('undici')
  const dispatcher = new EnvHttpProxyAgent(proxies)
  return ((input: string, init: object) => send(input, {...init, dispatcher})) as unknown as typeof fetch
}

function definedOnly(proxies: {httpProxy: string | undefined; httpsProxy: string | undefined}): Record<string, string> {
  return Object.fromEntries(Object.entries(proxies).filter(([, url]) => url)) as Record<string, string>
}
