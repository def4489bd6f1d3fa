const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u
// What joins or alters the character before it. Terminals disagree on how wide the result is, and one row too many for a
// frame would leave a line behind at every frame; a screen that redraws does better without the finer points.
const JOINERS = /[\u200C\u200D\u20E3\u{1F3FB}-\u{1F3FF}\u{E0000}-\u{E0FFF}]|\p{Mn}|\p{Me}/gu
// eslint-disable-next-line no-control-regex -- our own colours
const COLOURS = /\u001B\[[\d;]*m/g

/** Text in which each character is one or two cells wide wherever it is shown. */
export const evenText = (text: string): string => text.normalize('NFC').replace(JOINERS, '')

/** How many cells of a terminal `evenText` takes; colours take none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text.replace(COLOURS, '')) width += WIDE.test(character) ? 2 : 1
  return width
}

/** The text with spaces up to so many cells. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)))

/** The text without colours, cut with … to at most so many cells. */
export function clipped(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (displayWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}
