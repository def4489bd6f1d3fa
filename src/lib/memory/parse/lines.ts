import type {Found} from './found.js'
import {parseJsonLine} from './json-line.js'
import {parseAt} from './line.js'
import {nextNeedle} from './needles.js'
import type {TimeOptions} from './time.js'

/** Colours: `heroku logs` in a terminal that somebody recorded. */
const ANSI = /\u001B\[[\d;]*m/g

/**
 * Reads all that a line of a log says of memory: nothing, one thing, or several (frames without line ends, JSON batches). Any text is
 * fine.
 * @param line one character per byte (latin1), without its line end
 */
export function parseLine(line: string, options: TimeOptions): Found[] {
  const text = line.includes('\u001B') ? line.replaceAll(ANSI, '') : line
  const brace = text.search(/[[{]/)
  const json =
    brace >= 0 && text[brace + 1] !== ' ' && /[\]}]\s*$/.test(text)
      ? parseJsonLine(text.slice(brace), options)
      : undefined
  if (json) return json
  const found: Found[] = []
  for (let at = nextNeedle(text, 0); at >= 0;) {
    const one = parseAt(text, at, options)
    if (one.found.kind !== 'foreign') found.push(one.found)
    at = nextNeedle(text, one.end)
  }
  return found
}
