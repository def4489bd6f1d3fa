import type {DatabaseInfo} from './data-types.js'
import {fieldsOf, maybeText} from './record.js'

/** The info object (platform-facts §6.5); its `resource_url` holds the password and is not read. */
export function parseDatabase(json: unknown): DatabaseInfo {
  const fields = fieldsOf(json, 'database')
  const bytes = fields.num_bytes
  const status = itemOf(fields.info, 'Status')
  return {
    // A text on an essential plan, an object on others.
    plan: maybeText(fields, 'plan') ?? maybeText(fields, 'plan', 'name') ?? '',
    ...(typeof bytes === 'number' ? {bytes} : {}),
    ...(status === undefined ? {} : {status}),
    continuousProtection: /\bOn\b/.test(itemOf(fields.info, 'Continuous Protection') ?? ''),
    waiting: fields['waiting?'] === true,
  }
}

function itemOf(info: unknown, name: string): string | undefined {
  const item: unknown = Array.isArray(info) ? info.find((one) => maybeText(one, 'name') === name) : undefined
  const values: unknown = item && fieldsOf(item, name).values
  return Array.isArray(values) && typeof values[0] === 'string' ? values[0] : undefined
}
