import {isDeepStrictEqual} from 'node:util'

import type {Row} from './rows.js'
import type {Tried} from './try-row.js'

/** Everything in which a row came out otherwise than it must; empty when it is green. */
export function judge(row: Row, tried: Tried): string[] {
  const wrong: string[] = []
  if (tried.exit !== row.exit) wrong.push(`exit code ${tried.exit}, not ${row.exit}`)
  if (!isDeepStrictEqual(tried.difference, row.leaves)) {
    wrong.push(`the world: ${show(tried.difference)}, not ${show(row.leaves)}`)
  }

  for (const says of row.says) if (!says.test(tried.said)) wrong.push(`it does not say ${says}`)
  for (const {method, path, times} of row.sent ?? []) {
    const sent = tried.requests.filter((asked) => asked.method === method && path.test(asked.path.split('?')[0]!))
    if (sent.length !== times) wrong.push(`${method} ${path} was sent ${sent.length} times, not ${times}`)
  }

  if (tried.said.includes(tried.token)) wrong.push('it says the token')
  return wrong
}

const show = (lines: string[]): string => (lines.length === 0 ? 'as it was' : lines.join('; '))
