import type {Diagnosis} from '../types.js'

/** Of `GET /dyno-sizes` (platform-facts §8.6), memory in MiB, price as the API has it. */
export type DynoSize = {
  /** `Standard-1X` */
  name: string
  /** MiB: the API's `memory` × 1024. */
  memory: number
  /** Cents a month of one dyno; missing where the API gives none. */
  cents?: number
  /** Only in private spaces. */
  privateOnly: boolean
  /** Only on Fir; missing: Cedar. */
  generation?: string
}

export type Advice = {
  type: string
  verdict: 'fits' | 'smaller' | 'bigger' | 'nothing-fits' | 'unknown'
  /** Now. */
  size?: DynoSize
  /** The smallest, then cheapest, that holds the peak with 20 % headroom, and that the tier allows. */
  advised?: DynoSize
  /** MiB that a dyno must have: peak / 0.8. */
  needed?: number
  /** Sentences for a person, without full stops: under 30 minutes of samples, one dyno per type on Eco and Basic, no preboot. */
  notes: string[]
}

/** What an app runs: of `GET /apps/X/formation`. */
export type FormationEntry = {type: string; size: string; quantity: number}

/**
 * The smallest dyno size, with its price, for each type that a diagnosis knows. `sizes`: those the app may have. `generation` and
 * `privateSpace` of the app decide which count. Rules: Eco and Basic take one dyno per type and have no preboot; all types of an app
 * are of one tier of these.
 */
export function advise(
  _diagnosis: Diagnosis,
  _given: {sizes: DynoSize[]; formation: FormationEntry[]; privateSpace?: boolean; generation?: string},
): Advice[] {
  throw new Error('not there yet')
}
