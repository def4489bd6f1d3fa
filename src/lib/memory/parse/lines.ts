import type {Found} from './found.js'
import {parseJsonLine} from './json-line.js'
import {parseText} from './line.js'
import type {TimeOptions} from './time.js'

/**
 * Reads all that a line of a log says of memory: nothing, one thing, or several (frames without line ends, JSON batches). Any text is
 * fine.
 * @param text one character per byte (latin1), without its line end and without colours
 */
export function parseLine(text: string, options: TimeOptions): Found[] {
  // A batch is an array; a record may stand behind a prefix.
  const begin = text.startsWith('[') ? 0 : text.indexOf('{')
  const json = begin !== -1 && /[\]}]\s*$/.test(text) ? parseJsonLine(text.slice(begin), options) : undefined
  return json ?? parseText(text, options)
}
