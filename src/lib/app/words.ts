/** `web`, `web and worker`, `web, worker and release`. */
export function listOf(words: string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** The first 12 hex digits of a digest, as Heroku's release descriptions show it (platform-facts §1.6). */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}

/** Each as `ps:scale` takes it: `worker=2`. */
export function quantityWords(quantities: Record<string, number | string>): string[] {
  return Object.entries(quantities).map(([type, quantity]) => `${type}=${quantity}`)
}
