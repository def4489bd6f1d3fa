import {expect, test} from 'vitest'

import {measure} from '../../bench/measure.js'
import {downtime} from '../../bench/prober.js'
import {formatResults} from '../../bench/results.js'
import type {Measured, Row} from '../../bench/row.js'
import {median} from '../../bench/statistics.js'
import {judge} from '../../bench/targets.js'

const silent = () => {}

function row(sides: Array<{name: string; end?: (round: number) => unknown}>, ran: string[] = []): Row {
  const [first, ...others] = sides.map(({end = () => 'same', name}, index) => ({
    name,
    async run(round: number) {
      ran.push(`${name}${round}`)
      return {figures: {total: 1000 * (index + 1) + round, 'API calls': index + 1}, end: end(round)}
    },
  }))
  return {id: 'a-row', title: 'A job', given: 'nothing', sides: [first!, ...others]}
}

test('the sides take turns, and the first round only warms up', async () => {
  const ran: string[] = []
  const {refused, sides} = await measure(row([{name: 'a'}, {name: 'b'}], ran), 2, silent)
  expect(ran).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2'])
  expect(refused).toBeUndefined()
  expect(sides).toEqual([
    {name: 'a', figures: {total: [1001, 1002], 'API calls': [1, 1]}},
    {name: 'b', figures: {total: [2001, 2002], 'API calls': [2, 2]}},
  ])
})

test.each([0, 2])('a row whose sides end differently in round %i is refused: no figure of it is shown', async (bad) => {
  const other = {name: 'b', end: (round: number) => (round === bad ? {dynos: 0} : 'same')}
  const measured = await measure(row([{name: 'a'}, other]), 3, silent)
  expect(measured.refused).toBe(`end states differ in round ${bad}: "same" and {"dynos":0}`)
  const text = formatResults({date: '2026-01-01', circumstances: {}, verdicts: [], rows: [measured]}, '')
  expect(text).toContain('**Refused**: end states differ')
  expect(text).not.toMatch(/\d s \(/)
})

test('short jobs have more rounds', async () => {
  const ran: string[] = []
  await measure({...row([{name: 'a'}], ran), atLeast: 4}, 2, silent)
  expect(ran).toHaveLength(5)
})

test('long jobs have fewer rounds, and none to warm up where another row has done that', async () => {
  const ran: string[] = []
  await measure({...row([{name: 'a'}], ran), atMost: 2, warm: true}, 5, silent)
  expect(ran).toEqual(['a1', 'a2'])
})

test('the downtime begins with the first 503 and ends when somebody is answered after the last', () => {
  const answers = [200, 503, 200, 503, 200, 200].map((status, index) => ({
    asked: 100 * index,
    answered: 100 * index + 10,
    status,
  }))
  expect(downtime(answers)).toBe(310)
  expect(downtime(answers.slice(0, 1))).toBe(0)
  expect(() => downtime(answers.slice(0, 4))).toThrow('did not come back')
})

test('what is left is a table', () => {
  const left = {exit: 4, visitors: '503, maintenance', workers: 0, code: 'new' as const, schema: '1', last: 'a | b'}
  const text = formatResults(
    {date: '', circumstances: {}, verdicts: [], rows: [], left: [{...left, failure: 'the backup', side: 'ours'}]},
    '',
  )
  expect(text).toContain('| the backup | ours | 4 | 503, maintenance | 0 | new | 1 | `a ¦ b` |')
})

test('median, extremes and ratio are shown; the notes come last', async () => {
  const rows = [await measure(row([{name: 'ours'}, {name: 'theirs'}]), 3, silent)]
  const text = formatResults(
    {date: '2026-01-01', circumstances: {machine: '2 cores'}, verdicts: [], rows},
    '## Notes\n\nBy hand.\n',
  )
  expect(text).toContain('| machine | 2 cores |')
  expect(text).toContain('| total | 1.00 s (1.00..1.00) | 2.00 s (2.00..2.00) | 0.50 |')
  expect(text).toContain('| API calls | 1 (1..1) | 2 (2..2) | 0.50 |')
  expect(text.endsWith('## Notes\n\nBy hand.\n')).toBe(true)
})

test('the median', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7])
  expect(() => median([])).toThrow()
})

test('a target is missed, hit, or not measured: a refused row is not', () => {
  const help = (ours: number, refused?: string): Measured => ({
    id: 'help',
    title: '',
    given: '',
    rounds: 1,
    sides: [
      {name: 'ours', figures: {total: [ours]}},
      {name: 'theirs', figures: {total: [1000]}},
    ],
    ...(refused !== undefined && {refused}),
  })
  const verdict = (rows: Measured[]) =>
    formatResults({date: '', circumstances: {}, verdicts: judge(rows).slice(0, 1), rows: []}, '').match(
      /\| start.*/,
    )?.[0]
  expect(verdict([help(1040)])).toMatch(/\| 1\.04 \| hit \|$/)
  expect(verdict([help(1060)])).toMatch(/\| 1\.06 \| \*\*missed\*\* \|$/)
  expect(verdict([help(1000, 'end states differ')])).toMatch(/\| not measured \| {2}\|$/)
  expect(verdict([])).toMatch(/\| not measured \| {2}\|$/)
})
