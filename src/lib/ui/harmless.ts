/* eslint-disable no-control-regex -- control characters are what this file is about */

// OSC, DCS and their like up to their end (or the end of the line), CSI sequences, then any other escape.
const ESCAPES =
  /(?:\u001B[\]P^_X]|[\u0090\u0098\u009D-\u009F])[^\n\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C|$)|(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|\u001B[ -/]*[0-~]?/gm
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g
// They reorder what is read, or are no character at all: nothing a log line needs.
const INVISIBLE = /[\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Cs}/gu

/**
 * Foreign text as lines that can do a terminal or a CI log no harm: no escape sequences, no control characters, tabs as
 * spaces, and of what a carriage return overwrote only what was left to see. At least one line; trailing empty ones go.
 */
export function harmlessLines(text: string): string[] {
  const lines = text
    .replaceAll(ESCAPES, '')
    .split(/\r*\n/)
    .map((line) => harmlessLine(line))
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

/** The same as one line, for titles and messages that have room for one only. */
export const oneLine = (text: string): string => harmlessLines(text).filter(Boolean).join(' ')

function harmlessLine(line: string): string {
  const shown = line.split('\r').findLast(Boolean) ?? ''
  return shown.replaceAll('\t', '    ').replaceAll(CONTROLS, '').replaceAll(INVISIBLE, '').trimEnd()
}
