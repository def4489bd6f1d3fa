const REDIS_PORT = '6379'

/** A `redis://` or `rediss://` URL in parts; undefined when it is none that can be connected to. */
export function redisUrl(text: string): URL | undefined {
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (!url.hostname || !/^(\/\d*)?$/.test(url.pathname)) return undefined
  try {
    decodeURIComponent(url.username + url.password)
    return url
  } catch {
    return undefined
  }
}

/** A Redis as messages name it: `host:port`, without the password. */
export const hostPort = ({hostname, port}: URL): string => `${hostname}:${port || REDIS_PORT}`
