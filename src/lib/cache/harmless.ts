const LONGEST = 200

/** What a server said as one line for a person: no line breaks, at most 200 characters, and none of the secrets. */
export function harmless(said: string, secrets: string[]): string {
  const masked = secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, '***'), said)
  const line = masked.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}
