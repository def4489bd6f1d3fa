import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {until} from '../platform/fixture.js'
import {needs, type RealPart} from '../real/needs.js'
import {wrongLines, type Row} from './row.js'
import {APP, stranger, type Stranger} from './stranger.js'
import {formatTable, tableInDoc, writeTable} from './table.js'

/**
 * Tries rows one after the other against one platform, with `front` as `heroku.localhost`; the table of that name in docs/local-heroku.md is what they came to.
 * `npm run conformance` (UPDATE_CONFORMANCE=1) writes it.
 */
export function judge(name: string, parts: RealPart[], rows: Row[], {front = false} = {}): void {
  const judged: Row[] = []
  let person: Stranger

  describe(`conformance: ${name}`, () => {
    beforeAll(async () => {
      let absent = false
      await needs({skip: () => void (absent = true)}, ...parts)
      if (!absent) person = await stranger({front})
    })
    afterAll(() => person?.leave())

    it.for(rows.map((row) => ({...row, name: [row.command, row.when].filter(Boolean).join(', ')})))(
      '$name',
      async (row, ctx) => {
        await needs(ctx, ...parts)
        const {heroku} = person
        await heroku.settled(APP, 30_000)
        await row.given?.(heroku)
        const {exit, lines} = await person.types(row)
        ctx.expect({exit, wrong: wrongLines(row, lines)}, lines.join('\n')).toEqual({exit: row.exit, wrong: []})
        const [words, holds = () => true] = row.after ?? []
        await until(() => ctx.expect(holds(heroku), words).toBe(true))
        judged.push(row)
      },
    )

    it('asked for nothing that is not there', async (ctx) => {
      await needs(ctx, ...parts)
      const asked = person.heroku.requests.filter(({body}) => isUnknownRoute(body))
      expect(asked.map(({method, path}) => `${method} ${path}`)).toEqual([])
    })

    it('is told by the table in docs/local-heroku.md', async (ctx) => {
      await needs(ctx, ...parts)
      expect(judged.map(({command}) => command)).toEqual(rows.map(({command}) => command))
      if (process.env.UPDATE_CONFORMANCE) await writeTable(name, formatTable(judged))
      expect(await tableInDoc(name)).toBe(formatTable(judged))
    })
  })
}

function isUnknownRoute(body: unknown): boolean {
  const {message} = (body ?? {}) as {message?: string}
  return message?.startsWith('The requested API endpoint was not found') ?? false
}
