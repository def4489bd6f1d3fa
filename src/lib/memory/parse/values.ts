/** The values of one sample, MiB; NaN: not said, or cut off. */
export type Values = {total: number; rss: number; cache: number; swap: number; quota: number}

type Bytes = Uint8Array

const KEYS: ReadonlyArray<[keyof Values, Bytes]> = (['total', 'rss', 'cache', 'swap', 'quota'] as const).map((name) => [
  name,
  new TextEncoder().encode(`#memory_${name}=`),
])
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
  for (let index = from; index < to; index++) {
    if (bytes[index] !== HASH) continue
    // The first letter tells the keys apart: `#memory_` has eight.
    const key = KEYS.find(([, name]) => name[8] === bytes[index + 8])
    if (!key || !startsWith(bytes, index, key[1])) continue
    if (!Number.isNaN(into[key[0]])) break
    into[key[0]] = mebibytes(bytes, index + key[1].length, to)
  }
  return !Number.isNaN(into.total)
}

function startsWith(bytes: Bytes, at: number, wanted: Bytes): boolean {
  for (let index = 1; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
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
  const number = scale > 1 ? value / scale : value
  return number * unit(bytes[index]!)
}

/** How many MiB a unit has, by its first letter: MB, GB, KB, kB. */
function unit(letter: number): number {
  if (letter === 77) return 1
  if (letter === 71) return 1024
  return letter === 75 || letter === 107 ? 1 / 1024 : Number.NaN
}
