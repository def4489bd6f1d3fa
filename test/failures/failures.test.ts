import {describe, expect, it} from 'vitest'

import {needs} from '../real/needs.js'
import {rows} from './rows.js'
import {tryRow} from './try-row.js'

/** The real `heroku` process, a world of its own for each: what goes wrong, and what is so afterwards. */
describe.concurrent('when it fails', () => {
  it.each(rows)('$name', async (row) => {
    await needs({skip: (note) => expect.fail(note)}, 'heroku-cli')
    const tried = await tryRow(row)
    const context = tried.said
    expect(tried.exit, context).toBe(row.exit)
    expect(tried.difference, context).toEqual(row.leaves)
    for (const says of row.says) expect(tried.said).toMatch(says)
    for (const {method, path, times} of row.sent ?? []) {
      const sent = tried.requests.filter((request) => request.method === method && path.test(request.path.split('?')[0]!))
      expect(sent.length, `${method} ${path}`).toBe(times)
    }

    expect(tried.said).not.toContain(tried.token)
  })
})
