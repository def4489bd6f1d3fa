/** The values of one sample, MiB; NaN: not said, or cut off. */
export type Values = {total: number; rss: number; cache: number; swap: number; quota: number}

type Bytes = Uint8Array

const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)
const PREFIX = bytesOf('#memory_')
const TOTAL = bytesOf('total=')
const RSS = bytesOf('rss=')
const CACHE = bytesOf('cache=')
const SWAP = bytesOf('swap=')
const QUOTA = bytesOf('quota=')
/** A thousand terabytes: what says more is damaged. */
const MOST = 2 ** 30
const HASH = 35
const DOT = 46

/**
 * Reads `#memory_total=34.41MB … #memory_quota=512.00MB` from bytes: archives have millions of them, and text would cost twice as
 * much. MB is MiB (platform-facts §8.3). Stops before the next sample, if there is one (`#memory_total` once more).
 * @param into is overwritten
 * @returns false when there is no total
 */
export function readValues(bytes: Bytes, from: number, to: number, into: Values): boolean {
  into.total = into.rss = into.cache = into.swap = into.quota = Number.NaN
  let totals = 0
  for (let index = from; index < to; index++) {
    if (bytes[index] !== HASH || !standsAt(bytes, PREFIX, index)) continue
    const key = index + PREFIX.length
    if (standsAt(bytes, TOTAL, key)) {
      if (++totals > 1) break
      into.total = mebibytes(bytes, key + TOTAL.length, to)
    } else if (standsAt(bytes, RSS, key)) into.rss = mebibytes(bytes, key + RSS.length, to)
    else if (standsAt(bytes, CACHE, key)) into.cache = mebibytes(bytes, key + CACHE.length, to)
    else if (standsAt(bytes, SWAP, key)) into.swap = mebibytes(bytes, key + SWAP.length, to)
    else if (standsAt(bytes, QUOTA, key)) into.quota = mebibytes(bytes, key + QUOTA.length, to)
    // No value is shorter.
    index = key + 5
  }
  return !Number.isNaN(into.total)
}

function standsAt(bytes: Bytes, wanted: Bytes, at: number): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
  return true
}

/** `34.41MB`; without its unit a number may be cut off. */
function mebibytes(bytes: Bytes, from: number, to: number): number {
  let value = 0
  let scale = 0
  let index = from
  for (; index < to; index++) {
    const byte = bytes[index]!
    if (byte === DOT && scale === 0) scale = 1
    else if (byte >= 48 && byte <= 57) {
      value = value * 10 + byte - 48
      scale *= 10
    } else break
  }
  if (index === from || index >= to) return Number.NaN
  const number = (scale > 1 ? value / scale : value) * unit(bytes[index]!)
  return number < MOST ? number : Number.NaN
}

/** How many MiB a unit has, by its first letter: MB, GB, KB, kB. */
function unit(letter: number): number {
  if (letter === 77) return 1
  if (letter === 71) return 1024
  return letter === 75 || letter === 107 ? 1 / 1024 : Number.NaN
}
