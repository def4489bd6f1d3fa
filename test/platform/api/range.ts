import {ApiError} from './errors.js'

export type Page = {status: 200 | 206; items: unknown[]; headers: Record<string, string>}

type Item = Record<string, unknown>
type Range = {field: string; from: string; exclusive: boolean; max: number; order: 'asc' | 'desc'}

/**
 * A page of a list, as the Range header asks: `version ..; max=10, order=desc`. 206 and `Next-Range` when there is more
 * (platform-facts §9.3: 200 by default, at most 1000).
 * @throws ApiError 416 for a range that cannot be read
 */
export function page(items: Item[], fields: string[], header: string | undefined): Page {
  const range = parseRange(header ?? `${fields[0]} ..`, fields)
  const direction = range.order === 'asc' ? 1 : -1
  const rest = items
    .toSorted((a, b) => direction * compare(a[range.field], b[range.field]))
    .filter((item) => isAfter(item[range.field], range, direction))
  const shown = rest.slice(0, range.max)
  const [first, last] = [shown[0]?.[range.field] ?? '', shown.at(-1)?.[range.field] ?? '']
  const more = rest.length > shown.length
  return {
    status: more ? 206 : 200,
    items: shown,
    headers: {
      'Accept-Ranges': fields.join(', '),
      'Content-Range': `${range.field} ${first}..${last}`,
      ...(more && {'Next-Range': `${range.field} ]${last}..; max=${range.max}, order=${range.order}`}),
    },
  }
}

function parseRange(header: string, fields: string[]): Range {
  const match = /^\s*([\w-]+)\s+(\]?)([\w@:+-]*)\.\.[^;]*(?:;(.*))?$/.exec(header)
  const [, field, exclusive, from, options = ''] = match ?? []
  const max = Number(/max\s*=\s*(\d+)/.exec(options)?.[1] ?? 200)
  if (!field || !fields.includes(field) || max < 1) {
    throw new ApiError(
      416,
      'requested_range_not_satisfiable',
      `Requested range is not satisfiable. Use one of: ${fields.join(', ')}.`,
    )
  }

  const order = /order\s*=\s*desc/.test(options) ? 'desc' : 'asc'
  return {field, from: from ?? '', exclusive: exclusive === ']', max: Math.min(max, 1000), order}
}

function isAfter(value: unknown, {from, exclusive}: Range, direction: number): boolean {
  if (from === '') return true
  const distance = direction * compare(value, typeof value === 'number' ? Number(from) : from)
  return exclusive ? distance > 0 : distance >= 0
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}
