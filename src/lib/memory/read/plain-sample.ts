import {moment} from '../parse/time.js'

const HEROKU = Buffer.from(' heroku[')
const SAMPLE = Buffer.from(' sample')

/** The head of a sample line in the Heroku CLI's format, which nearly all are. */
export type PlainHead = {
  at: number
  /** Between `heroku[` and ` sample#memory`: the same for all samples of an instance. */
  who: string
}

/**
 * Reads `2024-01-01T09:03:22.012194+00:00 heroku[web.1]: source=web.1 dyno=heroku.222222222.<uuid> ` from bytes, without making text
 * of the whole line.
 * @param hash where `#memory` stands
 * @returns undefined for any other format, which is not an error
 */
export function plainHead(bytes: Buffer, from: number, hash: number): PlainHead | undefined {
  if (bytes[from + 4] !== 45 || bytes[from + 10] !== 84) return undefined
  let index = from + 19
  let milliseconds = 0
  if (bytes[index] === 46) {
    index++
    for (let scale = 100; isDigit(bytes[index]); scale = Math.floor(scale / 10))
      milliseconds += scale * (bytes[index++]! - 48)
  }
  // `+00:00` or `Z`
  if (bytes[index] === 90) index += 1
  else if (bytes[index] === 43 && twoDigits(bytes, index + 1) === 0 && twoDigits(bytes, index + 4) === 0) index += 6
  else return undefined
  const whoEnd = hash - SAMPLE.length
  if (whoEnd < index + HEROKU.length || !standsAt(bytes, HEROKU, index) || !standsAt(bytes, SAMPLE, whoEnd))
    return undefined
  const at = moment(
    twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2),
    twoDigits(bytes, from + 5),
    twoDigits(bytes, from + 8),
    twoDigits(bytes, from + 11),
    twoDigits(bytes, from + 14),
    twoDigits(bytes, from + 17),
  )
  if (Number.isNaN(at)) return undefined
  return {at: at + milliseconds, who: bytes.toString('latin1', index + HEROKU.length, whoEnd)}
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57

/** NaN for what are not digits. */
function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]
  const ones = bytes[at + 1]
  return isDigit(tens) && isDigit(ones) ? (tens! - 48) * 10 + ones! - 48 : Number.NaN
}

function standsAt(bytes: Buffer, wanted: Buffer, at: number): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
  return true
}
