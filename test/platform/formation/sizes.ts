import {invalidParams} from '../api/errors.js'

/** Name, memory in GB, share of CPU, price in cents a month, dedicated, Private Spaces only (platform-facts §8.6). */
export const dynoSizes: Array<
  [name: string, memory: number, compute: number, cents: number, dedicated: boolean, privateOnly: boolean]
> = [
  ['Eco', 0.5, 1, 500, false, false],
  ['Basic', 0.5, 1, 700, false, false],
  ['Standard-1X', 0.5, 1, 2500, false, false],
  ['Standard-2X', 1, 2, 5000, false, false],
  ['Performance-M', 2.5, 12, 25_000, true, false],
  ['Performance-L', 14, 46, 50_000, true, false],
  ['Performance-L-RAM', 30, 24, 50_000, true, false],
  ['Performance-XL', 62, 48, 75_000, true, false],
  ['Performance-2XL', 126, 96, 150_000, true, false],
  ['Private-S', 1, 8, 0, true, true],
  ['Private-M', 2.5, 12, 0, true, true],
  ['Private-L', 14, 46, 0, true, true],
]

/** The size as the platform writes it. @throws ApiError 422 in the words of platform-facts §3.2 */
export function sizeNamed(wish: string): string {
  const found = dynoSizes.find(([name]) => name.toLowerCase() === wish.toLowerCase())
  if (found) return found[0]
  const names = dynoSizes.map(([name]) => name).join(', ')
  throw invalidParams(`No such size as ${wish}. Available dyno sizes are ${names}.`)
}
