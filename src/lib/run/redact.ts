import type {Json} from './step.js'

/** Takes every secret out of a text; `***` stands where one was. */
export type Redact = (text: string) => string

const MASK = '***'
/** Shorter values would mask ordinary words ("web", "true") and hide the story. */
const SHORTEST_SECRET = 8
const URL_PASSWORD = /(\b[a-z][\w+.-]*:\/\/[^\s/:@]*:)[^\s/@]+@/gi

/**
 * Masks these secrets, in every form in which they travel (plain, percent-encoded, as a Basic header, inside JSON), and the
 * passwords inside URLs whosever they are. Values under 8 characters are left alone. Secrets of several lines are masked line
 * by line as well, because output comes in lines.
 */
export function createRedactor(secrets: string[]): Redact {
  const forms = new Set<string>()
  for (const secret of secrets) {
    const lines = secret.split(/\r?\n/)
    // A shell that echoes it without quotes takes the white space together.
    for (const part of [secret, ...lines, ...[secret, ...lines].map((text) => text.trim().replaceAll(/\s+/g, ' '))]) {
      if (part.length < SHORTEST_SECRET) continue
      forms.add(part)
      forms.add(encodeURIComponent(part))
      forms.add(JSON.stringify(part).slice(1, -1))
      for (const user of ['', '_']) forms.add(Buffer.from(`${user}:${part}`).toString('base64'))
    }
  }

  // The longest first: a form that is part of another must not leave the rest of it standing.
  const ordered = [...forms].sort((a, b) => b.length - a.length)
  return (text) => {
    let masked = text
    for (const form of ordered) masked = masked.replaceAll(form, MASK)
    return masked.replaceAll(URL_PASSWORD, `$1${MASK}@`)
  }
}

/** The same value with every text in it redacted, keys included. */
export function redactJson<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T
  if (Array.isArray(value)) return value.map((item) => redactJson(item as Json, redact)) as T
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [redact(key), redactJson(item as Json, redact)])
    return Object.fromEntries(entries) as T
  }

  return value
}
