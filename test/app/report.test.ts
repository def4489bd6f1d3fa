import {expect, it} from 'vitest'

import {summarize} from '../../src/lib/app/report.js'
import type {RunEvent} from '../../src/lib/run/events.js'

const down = (at: number): RunEvent => ({at, type: 'downtime', down: true})
const back = (at: number): RunEvent => ({at, type: 'downtime', down: false})
const over = (at: number): RunEvent => ({at, type: 'warning', message: 'the last word'})

it.each([
  ['never down', [over(9)], undefined],
  ['down and back', [down(1), back(4), over(9)], 3],
  ['still down', [down(1), over(9)], 8],
  // As after a health check that fails behind the lift.
  ['shut again', [down(1), back(4), down(5), over(9)], 8],
  ['back in the end', [down(1), back(4), down(5), back(7), over(9)], 6],
] as Array<[string, RunEvent[], number | undefined]>)('downtime, %s', (_, events, ms) => {
  expect(summarize(events).downtimeMs).toBe(ms)
})
