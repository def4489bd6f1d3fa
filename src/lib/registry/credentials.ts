/** Who we are to one registry. Nothing here ever goes to another host. */
export type Credentials = {
  /** The header for a request with this scope; undefined to go without. */
  headerFor(scope: string): string | undefined
  /** After a 401: gets a token as the challenge says. @returns false when there is none to be had that we have not tried */
  answer(challenge: string | null, scope: string, ask: typeof fetch, signal: AbortSignal): Promise<boolean>
}

/**
 * Basic, which is what Heroku's registry asks for: any name, the user's token as password (platform-facts §1.1). Where a
 * registry asks for Bearer the token service gets the password only when it is the same host.
 */
export function credentialsFor(base: URL, password: string): Credentials {
  const basic = 'Basic ' + Buffer.from(`_:${password}`).toString('base64')
  const tokens = new Map<string, string>()
  return {
    headerFor: (scope) => tokens.get(scope) ?? basic,
    async answer(challenge, scope, ask, signal) {
      const realm = realmOf(challenge, scope, base)
      if (!realm) return false
      const headers: Record<string, string> = realm.host === base.host ? {authorization: basic} : {}
      const response = await ask(realm, {headers, redirect: 'error', signal})
      const body = (await response.json().catch(() => ({}))) as {access_token?: unknown; token?: unknown}
      const token = body.token ?? body.access_token
      if (!response.ok || typeof token !== 'string' || tokens.get(scope) === `Bearer ${token}`) return false
      tokens.set(scope, `Bearer ${token}`)
      return true
    },
  }
}

function realmOf(challenge: string | null, scope: string, base: URL): URL | undefined {
  if (!/^bearer\s/i.test(challenge ?? '')) return undefined
  const said = Object.fromEntries(
    [...(challenge ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  )
  const {realm, service} = said as Record<string, string | undefined>
  if (!realm || !URL.canParse(realm)) return undefined
  const url = new URL(realm)
  if (url.protocol !== 'https:' && url.protocol !== base.protocol) return undefined
  if (service) url.searchParams.set('service', service)
  url.searchParams.append('scope', scope)
  return url
}
