import {rounded} from '../recording.js'
import type {Diagnosis, TypeDiagnosis} from '../types.js'

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

const UNITS: Record<string, number> = {K: 1 / 1024, M: 1, G: 1024}

/**
 * Reads `80%`, `400MB` (also `400M`, `1.5GB`; MiB as Heroku writes them) and, for growth, `10%`.
 * @returns undefined when one of them is none of these
 */
export function parseBudget(given: {max?: string | undefined; growth?: string | undefined}): Budget | undefined {
  const budget: Budget = {}
  if (given.max !== undefined) {
    const [, number, unit] = /^(\d+(?:\.\d+)?) ?(%|[KMG]i?B?)$/i.exec(given.max.trim()) ?? []
    if (unit === undefined || Number(number) === 0) return undefined
    if (unit === '%') budget.share = Number(number) / 100
    else budget.max = Number(number) * UNITS[unit[0]!.toUpperCase()]!
  }
  if (given.growth !== undefined) {
    const number = /^(\d+(?:\.\d+)?) ?%$/.exec(given.growth.trim())?.[1]
    if (number === undefined) return undefined
    budget.growth = Number(number) / 100
  }
  return budget
}

/** What of a diagnosis is over the budget, by type; empty: nothing. The peak is what `--max` is about. */
export function judgeBudget({types}: Diagnosis, budget: Budget): Violation[] {
  return types.flatMap((type) => [overMax(type, budget), overGrowth(type, budget)]).filter((each) => each !== undefined)
}

function overMax({peak, quota, type}: TypeDiagnosis, {max, share}: Budget): Violation | undefined {
  if (max === undefined && share === undefined) return undefined
  const unknown = {type, of: 'max', unknown: true} as const
  if (peak === undefined) return {...unknown, why: `nothing says how much memory ${type} takes`}
  if (max === undefined && quota === undefined)
    return {...unknown, is: peak, why: `nothing says what quota ${type} has`}
  const allowed = rounded(max ?? share! * quota!)
  if (peak <= allowed) return undefined
  const of = max === undefined ? `${rounded(share! * 100)} % of ${quota} MB` : `${max} MB`
  return {type, of: 'max', unknown: false, is: peak, allowed, why: `${type} took ${peak} MB, over ${of}`}
}

function overGrowth({growth, type}: TypeDiagnosis, {growth: allowed}: Budget): Violation | undefined {
  if (allowed === undefined) return undefined
  if (!growth) {
    return {type, of: 'growth', unknown: true, allowed, why: `too few samples of ${type} to say how it grows`}
  }
  // What could as well be chance is no growth.
  if (growth.relative <= allowed || growth.p >= 0.01) return undefined
  const percent = (share: number) => `${rounded(share * 100)} %`
  const why = `${type} grew by ${percent(growth.relative)} in ${rounded(growth.hours)} h, over ${percent(allowed)}`
  return {type, of: 'growth', unknown: false, is: growth.relative, allowed, why}
}
