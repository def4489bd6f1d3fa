import {inflation, lagOne, mannKendall, median, sorted, theilSen} from './statistics.js'
import type {GrowthSummary} from './types.js'

const HOUR = 3_600_000
/** Less time, or fewer samples, and no slope means anything. */
const LEAST = {ms: 20 * 60_000, samples: 12}
const MOST_BLOCKS = 24
/** A trend is one when chance would show it so rarely. */
export const SURE = 0.01
/** What a leak must show: see `GrowthSummary.suspected`. */
const LEAK = {hours: 1, share: 0.05, mebibytes: 5, lateShare: 0.3}

/**
 * How one instance's memory grows. Slopes are between medians of blocks of equal time, so that what a garbage collector takes and
 * gives back is no growth.
 * @param at ms since 1970, sorted, after the warm-up
 * @param values MiB
 * @returns undefined for too little
 */
export function growthOf(
  at: readonly number[],
  values: readonly number[],
  baseline: number,
): GrowthSummary | undefined {
  const span = at.at(-1)! - at[0]!
  if (at.length < LEAST.samples || !(span >= LEAST.ms)) return undefined
  const {x, y} = blocks(at, values, Math.min(MOST_BLOCKS, Math.floor(at.length / 3)))
  if (x.length < 4) return undefined
  const perHour = theilSen(x, y)
  if (Number.isNaN(perHour)) return undefined
  const hours = span / HOUR
  const residuals = y.map((value, index) => value - perHour * x[index]!)
  const rho = lagOne([residuals], (each) => median(sorted(each)))
  // So few values show less correlation than there is, by about this (Kendall 1954).
  const p = mannKendall(y, inflation(rho + (1 + 4 * rho) / y.length))
  const grown = perHour * hours
  const half = Math.floor(x.length / 2)
  const late = theilSen(x.slice(half), y.slice(half))
  const suspected =
    hours >= LEAK.hours &&
    p < SURE &&
    grown >= LEAK.mebibytes &&
    grown >= LEAK.share * baseline &&
    late >= LEAK.lateShare * perHour
  return {perHour, relative: Math.round((grown / baseline) * 10_000) / 10_000, hours, p, suspected}
}

/** Medians of the values in so many equal parts of the time, each at the median of its moments, in hours from the first. */
function blocks(at: readonly number[], values: readonly number[], count: number): {x: number[]; y: number[]} {
  const begin = at[0]!
  const width = (at.at(-1)! - begin) / count
  const x: number[] = []
  const y: number[] = []
  for (let from = 0; from < at.length;) {
    const block = Math.min(count - 1, Math.floor((at[from]! - begin) / width))
    let to = from + 1
    while (to < at.length && Math.min(count - 1, Math.floor((at[to]! - begin) / width)) === block) to++
    x.push((median(at.slice(from, to)) - begin) / HOUR)
    y.push(median(sorted(values.slice(from, to))))
    from = to
  }
  return {x, y}
}
