import {mannWhitney} from '../diagnose/statistics.js'
import {rounded} from '../recording.js'
import type {TypeComparison, TypeSide} from './types.js'

/** Less on either side, and nothing is said of a difference. */
const LEAST = {samples: 10, independent: 5, minutes: 10}
/** From so many dynos a side on, each dyno counts as one value: how boots differ is then known. */
const ENOUGH_DYNOS = 4
const ALPHA = {dynos: 0.05, thinned: 0.01}
/** No smaller change of the median is called one. What one boot differs from the next is known the less, the fewer dynos there are. */
const LEAST_CHANGE = {enough: 0.01, several: 0.05, one: 0.1}

/**
 * Whether a type's memory differs between two sides by more than noise. The Mann-Whitney test, two-sided: over the medians of the
 * dynos where both sides have at least four (p < 0.05), else over thinned samples (p < 0.01), and then the medians
 * have to differ by 5 % (10 % where a side has one dyno), and no dyno of one side may lie among those of the other. test/memory/core measures how often it errs.
 */
export function judgeType(type: string, before: TypeSide | undefined, after: TypeSide | undefined): TypeComparison {
  if (!before || !after) {
    const missing = before ? 'after' : 'before'
    return {type, ...(before && {before}), ...(after && {after}), verdict: 'one-sided', why: `no samples ${missing}`}
  }
  const short = tooFew(before, 'before') ?? tooFew(after, 'after')
  const known = before.samples > 0 && after.samples > 0
  const change = rounded(after.median - before.median)
  const relative = change / before.median
  const told = {type, before, after, ...(known && {change, relative})}
  if (short) return {...told, verdict: 'too-few', why: short}

  const byDyno = Math.min(before.dynos, after.dynos) >= ENOUGH_DYNOS
  const tested = byDyno ? 'instances' : 'thinned samples'
  const p = byDyno ? mannWhitney(before.instances, after.instances) : mannWhitney(before.thinned, after.thinned)
  const result = {...told, tested, p} as const
  if (p >= (byDyno ? ALPHA.dynos : ALPHA.thinned)) {
    return {...result, verdict: 'noise', why: `no more than noise (p ${readable(p)})`}
  }
  const isOne = Math.min(before.dynos, after.dynos) < 2
  const least = byDyno ? LEAST_CHANGE.enough : isOne ? LEAST_CHANGE.one : LEAST_CHANGE.several
  if (Math.abs(relative) < least) {
    const whose = byDyno ? '' : ', which so few dynos may differ by from boot to boot'
    return {...result, verdict: 'noise', why: `less than ${least * 100} % of a difference${whose}`}
  }
  if (!byDyno && overlap(before, after)) {
    return {...result, verdict: 'noise', why: 'dynos of one side differ as much from one another'}
  }
  const few = byDyno ? '' : `, of ${dynosOf(before)} and ${dynosOf(after)}`
  return {...result, verdict: change < 0 ? 'less' : 'more', why: `more than noise (p ${readable(p)}${few})`}
}

/** The metrics host knows no dynos, only an average over them. */
const dynosOf = ({dynos}: TypeSide): string =>
  dynos === 0 ? 'an average of dynos' : `${dynos} ${dynos === 1 ? 'dyno' : 'dynos'}`

function tooFew({minutes, samples, thinned, warmUp}: TypeSide, side: string): string | undefined {
  const after = warmUp > 0 ? ' after the warm-up' : ''
  if (samples < LEAST.samples) return `too few samples ${side} (${samples}${after}; ${LEAST.samples} are the least)`
  if (minutes < LEAST.minutes)
    return `too short ${side} (${Math.floor(minutes)} min${after}; ${LEAST.minutes} are the least)`
  if (thinned.length < LEAST.independent) {
    return `too short ${side}: its ${samples} samples hang together like ${thinned.length} (${LEAST.independent} are the least)`
  }
  return undefined
}

/** Whether a dyno of the lower side is above one of the higher. */
function overlap(before: TypeSide, after: TypeSide): boolean {
  const [low, high] = before.median < after.median ? [before, after] : [after, before]
  const most = low.instances.at(-1)
  const least = high.instances[0]
  return most !== undefined && least !== undefined && most >= least
}

const readable = (p: number): string => (p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`)
