import pLimit from 'p-limit'
import {beforeAll, describe, expect, it, type RunnerTestSuite, type TestContext} from 'vitest'

import {needs} from '../real/needs.js'
import {FAULTS, type Variation} from './cell.js'
import {cells, table} from './cells.js'
import {judge} from './judge.js'
import {STEPS} from './steps.js'
import {comparePage, nameOf, type Words, wordsOf, writePage} from './table.js'
import {type Tried, tryCell} from './try-cell.js'
import {variations} from './variations.js'

const words: Words = new Map()

type Named = Variation & {name: string}

const all: Named[] = [...cells, ...variations].map((one) => ({...one, name: nameOf(one)}))
const long = all.filter((one) => one.long)

/** They wait for half a minute and more and do nothing: begun first, beside each other and beside the others. */
const LONG_AT_A_TIME = 8
const begun = new Map<string, Promise<Tried>>()
// vitest reads which fixtures are wanted from this pattern: none.
// eslint-disable-next-line no-empty-pattern
beforeAll(({}, file) => {
  const limit = pLimit(LONG_AT_A_TIME)
  const asked = new Set(namesOf(file))
  for (const one of long.filter(({name}) => asked.has(name))) {
    const tried = limit(() => tryCell(one))
    tried.catch(() => {})
    begun.set(one.name, tried)
  }
})

/** The real `heroku` process, a world of its own for each: what goes wrong at a step of a window, and what is so afterwards. */
describe.concurrent('a window in which it fails', () => {
  for (const one of all.filter((each) => !each.long)) {
    it(one.name, {timeout: 120_000}, async (context) => {
      await needs(context, 'heroku-cli')
      compare(one, await tryCell(one), context)
    })
  }
})

describe('a window in which it fails for long', () => {
  for (const one of long) {
    it(one.name, {timeout: 180_000}, async (context) => {
      await needs(context, 'heroku-cli')
      compare(one, await begun.get(one.name)!, context)
    })
  }
})

/** The names of the tests that are not left out by a filter. */
function namesOf({tasks}: Readonly<RunnerTestSuite>): string[] {
  return tasks.flatMap((task) => (task.type === 'suite' ? namesOf(task) : task.mode === 'skip' ? [] : [task.name]))
}

function compare(one: Named, tried: Tried, {expect: compared}: TestContext): void {
  compared(judge(one, tried), tried.said).toEqual([])
  words.set(one.name, wordsOf(tried))
}

it('has a cell, or a reason for none, for every fault of every step', () => {
  const places = STEPS.flatMap((step) => FAULTS.map((fault) => `${step}, ${fault}`))
  expect(table.map(({fault, step}) => `${step}, ${fault}`).toSorted()).toEqual(places.toSorted())
})

it('is told by docs/failure-table.md', async () => {
  const {is, mustBe} = await comparePage(words)
  // UPDATE_FAILURE_TABLE=1 writes the page from what this run has seen; of cells that were left out it stays as it is.
  if (process.env.UPDATE_FAILURE_TABLE) await writePage(mustBe)
  else expect(is).toBe(mustBe)
})
