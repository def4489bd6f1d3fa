import {isDeepStrictEqual} from 'node:util'

import type {Variation} from './cell.js'
import type {Tried} from './try-cell.js'

/** Everything in which a cell came out otherwise than it must; empty when it is green. */
export function judge(cell: Variation, tried: Tried): string[] {
  const wrong: string[] = []
  const {end} = cell
  if (tried.exit !== end.exit) wrong.push(`exit code ${tried.exit}, not ${end.exit}`)
  if (!isDeepStrictEqual(tried.difference, end.leaves))
    wrong.push(`the world: ${show(tried.difference)}, not ${show(end.leaves)}`)
  // Said in time, for whoever sees nothing later: no word about the end.
  const said = tried.said.replaceAll(/^ *If this process dies: .*\n/gm, '')
  for (const says of cell.says ?? []) if (!says.test(said)) wrong.push(`it does not say ${says}`)
  for (const {method, path, times} of cell.sent ?? []) {
    const sent = tried.requests.filter((asked) => asked.method === method && path.test(asked.path.split('?')[0]!))
    if (sent.length !== times) wrong.push(`${method} ${path} was sent ${sent.length} times, not ${times}`)
  }

  if (cell.byHand && !isDeepStrictEqual(tried.byHand?.difference, cell.byHand)) {
    const {difference = [], ran = []} = tried.byHand ?? {}
    wrong.push(`after ${ran.join('; ') || 'no command'}: ${show(difference)}, not ${show(cell.byHand)}`)
  }

  if (tried.said.includes(tried.token)) wrong.push('it says the token')
  return wrong
}

const show = (lines: string[]): string => (lines.length === 0 ? 'as it was' : lines.join('; '))
