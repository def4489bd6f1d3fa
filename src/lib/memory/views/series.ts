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
 * The same with gaps closed that are shorter than the distance of two measurements: a metrics host says one value in ten
 * minutes, and what is between two of them is no gap. `most`: so many parts in a row are filled.
 */
export function bridged(series: Array<number | null>, most: number): Array<number | null> {
  const filled = [...series]
  let last = -1
  for (const [index, value] of series.entries()) {
    if (value === null) continue
    if (last >= 0 && index - last - 1 <= most) filled.fill(series[last] ?? null, last + 1, index)
    last = index
  }

  return filled
}

/** How many parts of a span lie between two measurements of a type, at most: twice the usual distance. */
export function usualGap({instances, samples}: Recording, type: string, span: Span, buckets: number): number {
  const times: number[] = []
  for (let row = 0; row < samples.length; row += 1) {
    if (instances[samples.instance[row]!]?.type === type) times.push(samples.at[row]!)
  }

  times.sort((a, b) => a - b)
  const gaps = times.slice(1).map((at, index) => at - times[index]!)
  gaps.sort((a, b) => a - b)
  const usual = gaps[Math.floor(gaps.length * 0.9)] ?? 0
  return Math.ceil((2 * usual * buckets) / Math.max(1, span.to - span.from))
}
