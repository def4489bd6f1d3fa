import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {
  inflation,
  lagOne,
  mannKendall,
  mannWhitney,
  median,
  quantile,
  sorted,
  theilSen,
} from '../../../src/lib/memory/diagnose/statistics.js'
import {random} from './noise.js'

const few = fc.array(fc.integer({min: 0, max: 9}), {minLength: 1, maxLength: 5})

/** U, by definition. */
const uOf = (left: number[], right: number[]): number =>
  left.flatMap((a) => right.map((b) => (a > b ? 1 : a === b ? 0.5 : 0) as number)).reduce((sum, one) => sum + one, 0)

/** Which of n things are the left ones, all ways. */
function choices(n: number, m: number): number[][] {
  if (m === 0) return [[]]
  if (n < m) return []
  return [...choices(n - 1, m), ...choices(n - 1, m - 1).map((rest) => [...rest, n - 1])]
}

describe('Mann-Whitney', () => {
  it('without ties is what counting all orders gives', () => {
    const distinct = fc.uniqueArray(fc.integer(), {minLength: 2, maxLength: 9})
    fc.assert(
      fc.property(distinct, fc.integer({min: 1, max: 8}), (all, cut) => {
        const m = Math.min(cut, all.length - 1)
        const [left, right] = [all.slice(0, m), all.slice(m)]
        const far = (u: number) => Math.min(u, m * right.length - u)
        const seen = far(uOf(left, right))
        const orders = choices(all.length, m).map((chosen) =>
          far(
            uOf(
              chosen.map((index) => all[index]!),
              all.filter((_, index) => !chosen.includes(index)),
            ),
          ),
        )
        // The middle of an even number of orders counts for both tails.
        const both = Math.min(1, orders.filter((u) => u <= seen).length / orders.length)
        expect(mannWhitney(left, right)).toBeGreaterThanOrEqual(both - 1e-9)
        expect(mannWhitney(left, right)).toBeLessThanOrEqual(Math.min(1, 2 * both) + 1e-9)
      }),
    )
  })

  it('is known for four against four that do not meet: 2 of 70', () => {
    expect(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8])).toBeCloseTo(2 / 70, 12)
    expect(mannWhitney([5, 6, 7, 8], [1, 2, 3, 4])).toBeCloseTo(2 / 70, 12)
    expect(mannWhitney([1, 1, 1], [1, 1, 1])).toBe(1)
  })

  it('says yes to nothing as often as it says (5 %), also with ties', () => {
    const next = random(42)
    let yes = 0
    for (let run = 0; run < 2000; run++) {
      const draw = () => Array.from({length: 15}, () => Math.floor(next() * 30))
      if (mannWhitney(draw(), draw()) < 0.05) yes++
    }
    expect(yes / 2000).toBeGreaterThan(0.03)
    expect(yes / 2000).toBeLessThan(0.07)
  })
})

it('Mann-Kendall says yes to nothing as often as it says, and to a trend', () => {
  const next = random(43)
  let yes = 0
  for (let run = 0; run < 2000; run++)
    if (
      mannKendall(
        Array.from({length: 20}, () => next()),
        1,
      ) < 0.05
    )
      yes++
  expect(yes / 2000).toBeGreaterThan(0.03)
  expect(yes / 2000).toBeLessThan(0.07)
  expect(mannKendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 1)).toBeLessThan(0.001)
  expect(mannKendall([5, 5, 5, 5], 1)).toBe(1)
})

it('Theil-Sen finds a line, whatever a quarter of the points say', () => {
  fc.assert(
    fc.property(fc.integer({min: -50, max: 50}), fc.integer({min: 0, max: 19}), (slope, bad) => {
      const x = Array.from({length: 20}, (_, index) => index)
      const y = x.map((each) => slope * each + (each === bad || each === (bad + 7) % 20 ? 1e6 : 0))
      expect(theilSen(x, y)).toBeCloseTo(slope, 6)
    }),
  )
})

it('median and nearest rank are among what there is, and in order', () => {
  fc.assert(
    fc.property(few, (values) => {
      const all = sorted(values)
      expect(values).toContain(quantile(all, 0.95))
      expect(quantile(all, 0.5)).toBeLessThanOrEqual(median(all))
      expect(median(all)).toBeLessThanOrEqual(quantile(all, 0.95) + 0.5 * (all.at(-1)! - all[0]!))
      expect(quantile(all, 1)).toBe(all.at(-1))
    }),
  )
  expect(median(sorted([]))).toBeNaN()
  expect(quantile(sorted([]), 0.5)).toBeNaN()
})

it('correlation is found, over series that do not follow one another', () => {
  const next = random(44)
  const series = [100, 500].map((mean) => {
    let value = 0
    return Array.from({length: 5000}, () => mean + (value = 0.9 * value + next() - 0.5))
  })
  const rho = lagOne(series, (values) => median(sorted(values)))
  expect(rho).toBeGreaterThan(0.87)
  expect(rho).toBeLessThan(0.93)
  expect(inflation(0)).toBe(1)
  expect(inflation(1)).toBeLessThan(500)
})
