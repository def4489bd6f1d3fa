const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** MiB as Heroku writes them: `512 MB`, `201.2 MB`; `–` for what is not known. */
export const mb = (value: number | undefined): string => (value === undefined ? '–' : `${amount(value)} MB`)

/** One digit behind the point, unless it says nothing. */
export const amount = (value: number): string => (Math.round(value * 10) / 10).toFixed(1).replace(/\.0$/, '')

/** A share as per cent: `48 %`, `−60.8 %` when signed. */
export function percent(share: number | undefined, {signed = false} = {}): string {
  if (share === undefined) return '–'
  const text = Math.abs(share * 100).toFixed(signed ? 1 : 0)
  // A minus sign and not a hyphen, which would break lines; zero has no sign.
  const sign = Number(text) === 0 ? '' : share < 0 ? '−' : signed ? '+' : ''
  return `${sign}${text} %`
}

/** Growth in MiB an hour: `+0.2 MB/h`. */
export function perHour(value: number | undefined): string {
  if (value === undefined) return '–'
  const text = amount(Math.abs(value))
  return `${text === '0' ? '' : value < 0 ? '−' : '+'}${text} MB/h`
}

/** A length of time in ms, roughly: `42 s`, `25 min`, `2 h 10 min`, `3 days`. */
export function lasting(ms: number): string {
  if (ms < 2 * MINUTE && ms !== MINUTE) return `${Math.max(0, Math.round(ms / 1000))} s`
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`
  if (ms < 2 * DAY) {
    const minutes = Math.round(ms / MINUTE)
    return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
  }

  return `${Math.round(ms / DAY)} days`
}

/** A moment in UTC, as logs have it: `14:02Z` on the day of `now`, else `Nov 20 14:02Z`, with the year when it is another. */
export function moment(at: number, now: number): string {
  const iso = new Date(at).toISOString()
  const today = new Date(now).toISOString()
  const time = `${iso.slice(11, 16)}Z`
  if (iso.slice(0, 10) === today.slice(0, 10)) return time
  const year = iso.slice(0, 4) === today.slice(0, 4) ? '' : ` ${iso.slice(0, 4)}`
  return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${Number(iso.slice(8, 10))}${year} ${time}`
}

/** `1 sample`, `2 samples`, `1,200 samples`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`

/** A price a month: `$25`, `$3.50`. */
export const dollars = (cents: number): string => `$${(cents / 100).toFixed(2).replace(/\.00$/, '')}`
