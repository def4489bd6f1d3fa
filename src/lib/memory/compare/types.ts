import type {Source} from '../types.js'

/** A release as the app's list has it, or as a line says (`Release v42 created`). `at`: when it was created, ms since 1970. */
export type Release = {version: number; at: number}

/** One side's memory of one process type, small enough for a journal. */
export type TypeSide = {
  type: string
  sources: Source[]
  /** Samples after the warm-up. */
  samples: number
  /** Samples left out as warm-up. */
  warmUp: number
  /** Dyno instances with samples after the warm-up; 0: only the metrics API. */
  dynos: number
  /** Minutes from the first to the last sample after the warm-up. */
  minutes: number
  /** MiB, of the samples after the warm-up; 0 of none. */
  median: number
  p95: number
  peak: number
  /** Median of each instance, MiB, sorted. */
  instances: number[]
  /** Medians of samples far enough apart to count as independent (lag-1 correlation taken out), MiB, at most 200. */
  thinned: number[]
  r14: number
  r15: number
  quota?: number
}

/** One side of a comparison, JSON-able: `ship` keeps one in its journal as the left side of the comparison afterwards. */
export type MemorySide = {
  /** `v41`, `before.log`. */
  label: string
  version?: number
  /** First and last sample, ms since 1970. */
  from: number
  to: number
  types: TypeSide[]
}

export type TypeComparison = {
  type: string
  before?: TypeSide
  after?: TypeSide
  /** MiB, after − before; missing when a side is. */
  change?: number
  /** Of the median before: −0.608 is 60.8 % less. */
  relative?: number
  /** Two-sided p of the Mann-Whitney test. */
  p?: number
  /** What was tested: instance medians (at least 4 a side), or thinned samples of fewer dynos. */
  tested?: 'instances' | 'thinned samples'
  /**
   * `less`, `more`: more than noise. `noise`: no difference that could not be chance. `too-few`: it cannot be said; `why` says what
   * is missing. `one-sided`: the type has samples on one side only.
   */
  verdict: 'less' | 'more' | 'noise' | 'too-few' | 'one-sided'
  /** A sentence for a person, without a full stop. */
  why: string
}

export type Comparison = {
  before: Omit<MemorySide, 'types'>
  after: Omit<MemorySide, 'types'>
  /** By name of the type. */
  types: TypeComparison[]
}
