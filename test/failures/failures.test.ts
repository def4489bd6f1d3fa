import {describe, expect, it} from 'vitest'

import {needs} from '../real/needs.js'
import {judge} from './judge.js'
import {rows} from './rows.js'
import {lastWords, tableInReadme, writeTable} from './table.js'
import {tryRow} from './try-row.js'

const words = new Map<string, string[]>()

/** The real `heroku` process, a world of its own for each: what goes wrong, and what is so afterwards. */
describe.concurrent('when it fails', () => {
  it.for(rows)('$name', {timeout: 120_000}, async (row, context) => {
    await needs(context, 'heroku-cli')
    const tried = await tryRow(row)
    context.expect(judge(row, tried), tried.said).toEqual([])
    words.set(row.name, lastWords(tried))
  })
})

it('is told by the table in the README', async () => {
  // UPDATE_README=1 writes the table from what this run has seen.
  if (process.env.UPDATE_README) await writeTable(rows, words)
  const told = await tableInReadme()
  expect(told.map(({exit, leaves, name}) => ({exit, leaves, name}))).toEqual(
    rows.map(({exit, leaves, name}) => ({exit, leaves, name})),
  )
  for (const {name, says} of told) {
    const seen = words.get(name)
    if (seen) expect(says, name).toEqual(seen)
  }
})
