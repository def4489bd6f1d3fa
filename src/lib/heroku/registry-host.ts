/**
 * Host (and port) of the container registry. `HEROKU_REGISTRY_HOST` wins; else it follows from where the API is, as the CLI
 * has it (`registry.` for `api.`), and on loopback it is that very port: a local Heroku serves `/v2/` there too.
 */
export function registryHost(env: NodeJS.ProcessEnv, apiUrl: string): string {
  const named = env.HEROKU_REGISTRY_HOST?.trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
  if (named) return named
  const {host, hostname} = new URL(apiUrl)
  if (hostname === 'localhost' || hostname === '127.0.0.1') return host
  return `registry.${host.replace(/^api\./, '')}`
}
