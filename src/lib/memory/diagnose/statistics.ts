/** Sorted, as the functions below want it. */
export const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort()

/** The middle one, or the mean of the two; NaN of none. */
export function median(inOrder: ArrayLike<number>): number {
  const half = inOrder.length / 2
  return (inOrder[Math.ceil(half) - 1]! + inOrder[Math.floor(half)]!) / 2
}

/** Nearest rank: the smallest value that at least a share of `q` is not above; NaN of none. */
export function quantile(inOrder: ArrayLike<number>, q: number): number {
  return inOrder[Math.max(0, Math.ceil(q * inOrder.length) - 1)] ?? Number.NaN
}

/** Lag-1 autocorrelation about a centre, over several series at once; 0 for too little. */
export function lagOne(series: ArrayLike<number>[], centre: (values: ArrayLike<number>) => number): number {
  let product = 0
  let square = 0
  for (const values of series) {
    const middle = centre(values)
    for (let index = 0; index < values.length; index++) {
      const here = values[index]! - middle
      square += here * here
      if (index > 0) product += here * (values[index - 1]! - middle)
    }
  }
  return square === 0 ? 0 : Math.max(0, product / square)
}

/** By how much correlated values count for less: n of them say as much as n / this independent ones (AR(1)). */
export const inflation = (rho: number): number => (1 + Math.min(rho, 0.995)) / (1 - Math.min(rho, 0.995))

/** Median of the slopes of all pairs (Theil-Sen), in y per x; NaN for fewer than two. */
export function theilSen(x: readonly number[], y: readonly number[]): number {
  const slopes: number[] = []
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) slopes.push((y[j]! - y[i]!) / (x[j]! - x[i]!))
  }
  return median(sorted(slopes))
}

/**
 * Two-sided p of the Mann-Kendall test for a trend in a series in order of time, its variance widened by what the values correlate
 * with their neighbours once the trend is taken out.
 */
export function mannKendall(y: readonly number[], widened: number): number {
  let s = 0
  for (let i = 0; i < y.length; i++) for (let j = i + 1; j < y.length; j++) s += Math.sign(y[j]! - y[i]!)
  const n = y.length
  const variance = (n * (n - 1) * (2 * n + 5) - tieTerm(sorted(y), (t) => t * (t - 1) * (2 * t + 5))) / 18
  return variance <= 0 ? 1 : twoSided((Math.abs(s) - 1) / Math.sqrt(variance * widened))
}

/** Two-sided p of the Mann-Whitney test: exact for up to 20 values without ties, otherwise the normal approximation. */
export function mannWhitney(left: readonly number[], right: readonly number[]): number {
  const [m, n] = [left.length, right.length]
  if (m === 0 || n === 0) return 1
  let u = 0
  for (const a of left) for (const b of right) u += a > b ? 1 : a === b ? 0.5 : 0
  const least = Math.min(u, m * n - u)
  const all = sorted([...left, ...right])
  const ties = tieTerm(all, (t) => t ** 3 - t)
  if (ties === 0 && m + n <= 20) return Math.min(1, (2 * waysUpTo(least, m, n)) / waysUpTo(m * n, m, n))
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)))
  return variance <= 0 ? 1 : twoSided(((m * n) / 2 - least - 0.5) / Math.sqrt(variance))
}

/** In how many orders of m and n values the statistic U is at most `most`. */
function waysUpTo(most: number, m: number, n: number): number {
  // ways[i][u]: with i of the left and all of the right so far.
  let ways = Array.from({length: m + 1}, () => [1])
  for (let j = 1; j <= n; j++) {
    const next: number[][] = [[1]]
    for (let i = 1; i <= m; i++) {
      const row: number[] = []
      const [fewer, same] = [next[i - 1]!, ways[i]!]
      // The greatest is of the left, above all j of the right, or it is of the right.
      for (let u = 0; u <= i * j; u++) row.push((same[u] ?? 0) + (u >= j ? (fewer[u - j] ?? 0) : 0))
      next.push(row)
    }
    ways = next
  }
  return ways[m]!.slice(0, Math.floor(most) + 1).reduce((sum, count) => sum + count, 0)
}

function tieTerm(inOrder: ArrayLike<number>, term: (ties: number) => number): number {
  let total = 0
  let ties = 1
  for (let index = 1; index <= inOrder.length; index++) {
    if (index < inOrder.length && inOrder[index] === inOrder[index - 1]) ties++
    else {
      if (ties > 1) total += term(ties)
      ties = 1
    }
  }
  return total
}

/** Of a standard normal: the chance of |Z| ≥ z (Abramowitz and Stegun 7.1.26, off by less than 2e-7). */
function twoSided(z: number): number {
  const x = Math.max(0, z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(1, tail * Math.exp(-x * x))
}
