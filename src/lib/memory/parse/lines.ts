import type {Found} from './found.js'
import {parseJsonLine} from './json-line.js'
import {parseAt} from './line.js'
import {nextNeedle} from './needles.js'
import type {TimeOptions} from './time.js'

/**
 * Reads all that a line of a log says of memory: nothing, one thing, or several (frames without line ends, JSON batches). Any text is
 * fine.
 * @param text one character per byte (latin1), without its line end and without colours
 */
export function parseLine(text: string, options: TimeOptions): Found[] {
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
