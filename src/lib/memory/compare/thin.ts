import {inflation, lagOne, median, sorted} from '../diagnose/statistics.js'

/** More say nothing new, and a journal stays small. */
const MOST = 200

/**
 * Values that may count as independent of each other: medians of blocks so long that a block knows little of the one before. A dyno
 * is measured every 20 seconds, and its memory hardly changes in between; taken as they are, an hour of one dyno would "prove" any
 * difference.
 * @param series the values of each instance, in order of time
 */
export function thinned(series: number[][]): number[] {
  const count = series.reduce((sum, values) => sum + values.length, 0)
  const rho = lagOne(series, (values) => median(sorted(values)))
  const length = Math.max(Math.ceil(inflation(rho)), Math.ceil(count / MOST))
  return series.flatMap((values) => blockMedians(values, length))
}

/** The last block takes what is left over. */
function blockMedians(values: number[], length: number): number[] {
  const count = Math.max(1, Math.floor(values.length / length))
  return values.length === 0
    ? []
    : Array.from({length: count}, (_, block) =>
        median(sorted(values.slice(block * length, block === count - 1 ? undefined : (block + 1) * length))),
      )
}
