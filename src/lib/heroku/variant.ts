/** The faces of the Platform API (platform-facts §9.1): only `3.sdk` knows generation, expiry and eligibility for rollback. */
export type Variant = '3' | '3.docker-releases' | '3.sdk'

export function acceptOf(variant: Variant = '3'): string {
  return `application/vnd.heroku+json; version=${variant}`
}
