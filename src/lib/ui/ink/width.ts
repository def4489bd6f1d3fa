// East Asian Wide and Fullwidth as of Unicode 16, unified so that a gap counts as wide.
const WIDE =
  /[\u1100-\u115F\u2630-\u2637\u268A-\u268F\u2E80-\u303E\u3041-\u3247\u3250-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1D300}-\u{1D376}\u{1F200}-\u{1F265}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u
const NO_CELL = /\p{Mn}|\p{Me}/u
// What joins or alters the character before it. Terminals disagree on how wide the result is, and one row too many for a
// frame would leave a line behind at every frame; a screen that redraws does better without the finer points.
const JOINERS = /\p{DI}|\p{Cf}|\p{Emoji_Modifier}|\u20E3/gu
// The halves of a flag, for which the same holds: their letters do.
const FLAGS = /[\u{1F1E6}-\u{1F1FF}]/gu
// Nobody knows how wide a character is that nobody defined.
const UNKNOWN = /\p{Cn}|\p{Co}/gu
// eslint-disable-next-line no-control-regex -- our own colours
const COLOUR = /(\u001B\[[\d;]*m)/

/** Text whose characters take the same number of cells wherever it is shown. */
export const evenText = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(FLAGS, (half) => String.fromCodePoint((half.codePointAt(0) ?? 0) - 0x1f1e6 + 65))
    .replaceAll(JOINERS, '')
    .replaceAll(UNKNOWN, '\uFFFD')

/**
 * How many cells of a terminal `evenText` takes; colours take none. Ink counts less for some scripts, because it measures
 * what a font would draw, and terminals give each character its cell: so rows are cut by this measure, not by Ink's.
 */
export const displayWidth = (text: string): number =>
  text.split(COLOUR).reduce((sum, piece) => sum + (COLOUR.test(piece) ? 0 : cellsOf(piece)), 0)

/** The text with spaces up to so many cells. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)))

/** The text cut with … to at most so many cells; its colours end as they did. */
export function clipped(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let room = width - 1
  const pieces = text.split(COLOUR).map((piece) => {
    if (COLOUR.test(piece)) return piece
    let shown = ''
    for (const character of piece) {
      room -= cellsOf(character)
      if (room < 0) break
      shown += character
    }
    return shown
  })
  return `${pieces.join('')}${width > 0 ? '…' : ''}`
}

function cellsOf(text: string): number {
  let cells = 0
  for (const character of text) {
    if (!NO_CELL.test(character)) cells += WIDE.test(character) ? 2 : 1
  }
  return cells
}
