import type {Diagnosis} from '../types.js'

/** `--max 80%` (of the quota), `--max 400MB`, `--max-growth 10%` (of the baseline, over the time that was fitted). */
export type Budget = {
  /** 0.8 */
  share?: number
  /** MiB */
  max?: number
  /** 0.1 */
  growth?: number
}

/** What is over the budget; `unknown`: it cannot be judged, and `why` says what is missing: that is not within the budget either. */
export type Violation = {
  type: string
  of: 'max' | 'growth'
  unknown: boolean
  /** MiB, or of `growth` a share. */
  is?: number
  allowed?: number
  /** A sentence for a person, without a full stop. */
  why: string
}

/**
 * Reads `80%`, `400MB` (also `400M`, `1.5GB`; MiB as Heroku writes them) and, for growth, `10%`.
 * @returns undefined for what is none of these
 */
export function parseBudget(_given: {max?: string | undefined; growth?: string | undefined}): Budget | undefined {
  throw new Error('not there yet')
}

/** What of a diagnosis is over the budget, by type; empty: nothing. The peak is what `--max` is about. */
export function judgeBudget(_diagnosis: Diagnosis, _budget: Budget): Violation[] {
  throw new Error('not there yet')
}
