/** What had to be assumed of a moment that a line does not say in full. */
export type Assumed = 'zone' | 'year and zone'

/** What lines leave open. */
export type TimeOptions = {
  /** No line without a year is later than a day after this, ms since 1970. */
  notAfter: number
  /** Minutes east of UTC, for lines that say no zone. */
  utcOffset: number
}

type Moment = {at: number; assumed?: Assumed}

const DAY = 86_400_000
/** No log is of another year; what says so is damaged. */
const YEARS = {first: 2000, last: 2199}
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2024-01-01T09:03:22.012194+00:00`, `2024-01-01 09:03:22 UTC`, `2024-01-01T09:03:22`. */
const ISO = String.raw`(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?`
/** `Nov 21 14:14:58`, `Jan  8 2015 10:55:11`: syslog as Papertrail and others show it. */
const SYSLOG = String.raw`(${MONTHS.join('|')}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)`
const ANY = new RegExp(`${ISO}|${SYSLOG}`, 'g')

/**
 * The moment that a line says last before `end`, in ms since 1970: the nearest to what it is about. Of two that stand side by side
 * with nothing but a tab between (a Papertrail archive: generated, received) it is the first.
 * @returns NaN for none, or for one that no calendar has
 */
export function lastTime(text: string, end: number, options: TimeOptions): Moment {
  let found: RegExpExecArray | undefined
  let foundEnd = -1
  for (const match of text.slice(0, end).matchAll(ANY)) {
    if (!(found && match.index === foundEnd + 1 && text[foundEnd] === '\t')) found = match
    foundEnd = match.index + match[0].length
  }
  return found ? momentOf(found, options) : {at: Number.NaN}
}

/** What a field of a JSON line says: an ISO time, or a number since 1970 in s, ms, µs or ns. */
export function timeOfField(value: unknown, options: TimeOptions): number {
  const number = typeof value === 'string' && /^\d{10,19}(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof number === 'number') {
    const at = inMilliseconds(number)
    return at >= Date.UTC(YEARS.first, 0) && at < Date.UTC(YEARS.last + 1, 0) ? at : Number.NaN
  }
  return typeof value === 'string' ? lastTime(value, value.length, options).at : Number.NaN
}

function inMilliseconds(value: number): number {
  if (value < 1e11) return value * 1000
  if (value < 1e14) return value
  return value < 1e17 ? value / 1e3 : value / 1e6
}

function momentOf(match: RegExpExecArray, options: TimeOptions): Moment {
  const [, year, month, day, hour, minute, second, fraction = '', zone, monthName, ...syslog] = match
  if (year !== undefined) {
    const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
    const local = moment(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))
    const at = local + milliseconds - offsetOf(zone, options) * 60_000
    return zone === undefined ? {at, assumed: 'zone'} : {at}
  }
  const [dayOfMonth, yearGiven, hours, minutes, seconds] = syslog
  const on = (someYear: number) =>
    moment(
      someYear,
      MONTHS.indexOf(monthName!) + 1,
      Number(dayOfMonth),
      Number(hours),
      Number(minutes),
      Number(seconds),
    ) -
    options.utcOffset * 60_000
  if (yearGiven !== undefined) return {at: on(Number(yearGiven)), assumed: 'zone'}
  return {at: latest(on, options.notAfter), assumed: 'year and zone'}
}

/** The latest year that has such a day, not after the end given. */
function latest(on: (year: number) => number, notAfter: number): number {
  const last = new Date(notAfter + DAY).getUTCFullYear()
  // February 29th is up to eight years back.
  for (let year = last; year > last - 9; year--) {
    if (on(year) <= notAfter + DAY) return on(year)
  }
  return Number.NaN
}

function offsetOf(zone: string | undefined, {utcOffset}: TimeOptions): number {
  if (zone === undefined) return utcOffset
  if (zone === 'Z' || zone === 'UTC') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return zone.startsWith('-') ? -minutes : minutes
}

/** Milliseconds since 1970, or NaN when no calendar has such a moment. A leap second is the next one. */
export function moment(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (
    year < YEARS.first ||
    year > YEARS.last ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    hour > 23 ||
    minute > 59 ||
    second > 60
  )
    return Number.NaN
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  // Of days only the month tells how many there are.
  return day > 28 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day ? Number.NaN : at
}
