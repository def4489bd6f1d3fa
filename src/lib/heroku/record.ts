/** An answer of Heroku is not what its schema says. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
}

export type Fields = Record<string, unknown>

/** A JSON object; `what` names it in errors: "release". */
export function fieldsOf(json: unknown, what: string): Fields {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Fields
  throw new UnexpectedAnswer(`Heroku's answer holds no ${what} where one belongs`)
}

export function listOf<T>(json: unknown, what: string, parse: (item: unknown) => T): T[] {
  if (Array.isArray(json)) return json.map((item) => parse(item))
  throw new UnexpectedAnswer(`Heroku's answer is no list of each ${what}`)
}

export function textAt(fields: Fields, key: string, what: string): string {
  const value = fields[key]
  if (typeof value === 'string') return value
  throw new UnexpectedAnswer(`Heroku's answer holds a ${what} without ${key}`)
}

export function numberAt(fields: Fields, key: string, what: string): number {
  const value = fields[key]
  if (typeof value === 'number') return value
  throw new UnexpectedAnswer(`Heroku's answer holds a ${what} without ${key}`)
}

/** The text at a path of keys, or undefined when any of it is absent, null or something else. */
export function maybeText(json: unknown, ...path: string[]): string | undefined {
  let value = json
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined
  return typeof value === 'string' ? value : undefined
}
