import type {Recording, Span} from '../types.js'

/** The highest total of a process type in each of so many equal parts of a span, MiB; null where nothing was measured. */
export function seriesOf(
  {instances, samples}: Recording,
  {buckets, dyno, span, type}: {type: string; span: Span; buckets: number; dyno?: string},
): Array<number | null> {
  const series = Array.from({length: buckets}, (): number | null => null)
  const wanted = instances.map((one) => one.type === type && (dyno === undefined || one.dyno === dyno))
  for (let row = 0; row < samples.length; row += 1) {
    if (!wanted[samples.instance[row]!]) continue
    const index = bucketAt(samples.at[row]!, span, buckets)
    if (index === undefined) continue
    const peak = samples.peak[row]!
    const value = Number.isNaN(peak) ? samples.total[row]! : peak
    series[index] = Math.max(series[index] ?? 0, value)
  }

  return series
}

/** In which of the parts a moment lies; undefined outside of the span. */
export function bucketAt(at: number, {from, to}: Span, buckets: number): number | undefined {
  if (at < from || at > to) return undefined
  return to === from ? buckets - 1 : Math.min(buckets - 1, Math.floor(((at - from) / (to - from)) * buckets))
}

/**
 * The same with gaps closed that are nothing but the distance of two measurements: a metrics host says one value in ten minutes,
 * and then one in a minute. A gap stays that is longer by far than the ones beside it.
 */
export function bridged(series: Array<number | null>): Array<number | null> {
  const known = [...series.keys()].filter((index) => series[index] !== null)
  const filled = [...series]
  for (const [index, from] of known.entries()) {
    const to = known[index + 1]
    if (to !== undefined && isUsual(known, index)) filled.fill(series[from]!, from + 1, to)
  }

  return filled
}

/** Whether the way from one measurement to the next is of the length of those around it. */
export function isUsual(known: number[], index: number): boolean {
  const gap = (at: number): number => (known[at + 1] ?? Number.NaN) - known[at]!
  const around = [gap(index - 1), gap(index + 1)].filter((length) => !Number.isNaN(length))
  return gap(index) <= 2.5 * Math.max(1, ...around)
}
