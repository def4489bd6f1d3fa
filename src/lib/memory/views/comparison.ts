import type {Comparison, TypeComparison} from '../types.js'
import {count, mb, percent} from './numbers.js'

/** `web 512.8 MB → 201.2 MB (−60.8 %)` */
export function changeWords({after, before, relative, type}: TypeComparison): string {
  const change = before && after ? ` (${percent(relative, {signed: true})})` : ''
  return `${type} ${mb(before?.median)} → ${mb(after?.median)}${change}`
}

/** How sure a difference is, with what it was found in: a sentence without a full stop. */
export function verdictWords({after, before, verdict, why}: TypeComparison): string {
  const sides = before && after ? `; ${before.samples} and ${count(after.samples, 'sample')}` : ''
  const sure = {less: 'less, ', more: 'more, ', noise: 'no difference: ', 'too-few': 'not certain: ', 'one-sided': ''}
  return `${sure[verdict]}${why}${sides}`
}

/** What became of R14 and R15: a sentence without a full stop; undefined when there were and are none. */
export function troubleWords({after, before}: TypeComparison): string | undefined {
  if (!before || !after) return undefined
  const errors = (['r14', 'r15'] as const).flatMap((key) => {
    if (before[key] === 0 && after[key] === 0) return []
    const name = key.toUpperCase()
    return [after[key] === 0 ? `no more ${name} (${before[key]} before)` : `${name}: ${before[key]} → ${after[key]}`]
  })
  return errors.length > 0 ? errors.join(', ') : undefined
}

/** `v41 → v42` */
export const pairWords = ({after, before}: Comparison): string => `${before.label} → ${after.label}`
