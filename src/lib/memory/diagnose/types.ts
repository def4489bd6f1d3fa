/** How memory grows after the warm-up, by a robust fit. */
export type GrowthSummary = {
  /** MiB per hour: the median of the slopes between all pairs of block medians (Theil-Sen). */
  perHour: number
  /** Of the baseline, over the whole time fitted: 0.1 is +10 %. */
  relative: number
  /** Hours that the fit is about. */
  hours: number
  /** Two-sided p of the Mann-Kendall test for a trend, over block medians far enough apart to count as independent. */
  p: number
  /**
   * Whether it is said to be a leak: p under 0.01, at least one hour, at least +5 % and 5 MiB, and still growing in the second half.
   * A type is suspected when
   * one of its instances is, with p under 0.01 divided by their number.
   */
  suspected: boolean
}

/** What the samples and events of a type or of an instance come to. Memory in MiB. */
export type Summary = {
  /** All of them, those of the warm-up included. */
  samples: number
  from?: number
  to?: number
  /** Median after the warm-up. Missing: no sample after the warm-up. */
  baseline?: number
  /** Of the samples after the warm-up (of a metrics minute its highest). */
  p95?: number
  /** Highest ever, the warm-up and `Process running mem=` included. */
  peak?: number
  /** Highest swap. */
  swap?: number
  /** Missing: too short or too few samples for a fit. Of a type: of the instance that grows fastest for certain. */
  growth?: GrowthSummary
  /** The last one seen; missing when no line says it and the caller did not know it. */
  quota?: number
  /** Where the quota is from. `percent`: worked out of `mem=590M(115.2%)`. */
  quotaFrom?: 'line' | 'percent' | 'dyno-size'
  /** quota − peak; below 0: over the quota. */
  headroom?: number
  r14: {count: number; first?: number}
  r15: {count: number; first?: number}
  /** Exits with status 137 after an R15 of the same dyno (platform-facts §8.4). */
  oomKills: {count: number; first?: number}
  /** The warm-up is not over, or took everything: `baseline` is missing for that reason. */
  onlyWarmUp?: boolean
}
