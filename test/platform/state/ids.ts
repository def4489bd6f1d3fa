import {createHash, randomUUID} from 'node:crypto'

/** A new identity. */
export const newId = (): string => randomUUID()

/** The same uuid for the same name, for what exists once on the platform: stacks, regions, plans, dyno sizes, features. */
export function idOf(kind: string, name: string): string {
  const hex = createHash('sha256').update(`${kind}:${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Now, as the Platform API writes a time: seconds, `Z`. */
export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z')
