import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {LogLine} from '../../src/lib/heroku/types.js'
import {platformAt} from './heroku-client.js'
import {json, startServer} from './local-server.js'

const RING = 8
/** Three lines come within a millisecond. */
const lineOf = (id: number) => `2026-01-01T12:00:01.${String(id * 300).padStart(6, '0')}+00:00 app[web.1]: ${id}`

/** Before a session opens, `missed` lines are written; it sends `lines` lines, the last ones as they are written, and breaks off. */
type Cut = {missed: number; lines: number; half: boolean}

/** What a tail gives over these cuts, and the first line of each session that filled up from the ring. */
async function tailOver(cuts: Cut[], missedLast: number) {
  let newest = 5
  const begins: number[] = []
  let opened = 0
  const server = await startServer((req, res, {body, method}) => {
    if (method === 'POST') {
      const {lines} = JSON.parse(body) as {lines: number}
      newest += cuts[opened]?.missed ?? missedLast
      return json(res, 201, {
        created_at: lineOf(newest).split(' ')[0],
        logplex_url: `http://${req.headers.host}/s/${lines}`,
      })
    }

    const cut = cuts[opened++]
    const first = Math.max(1, newest + 1 - Math.min(RING, Number(req.url!.split('/').at(-1))))
    begins.push(first)
    const last = cut ? first + cut.lines - 1 : newest
    newest = Math.max(newest, last)
    const text = Array.from({length: last - first + 1}, (_, index) => `${lineOf(first + index)}\n`).join('')
    res.writeHead(200, {'content-type': 'text/plain'})
    res.write(text + (cut?.half ? lineOf(last + 1).slice(0, 40) : ''), () => {
      if (cut) res.destroy()
      else res.write(`${lineOf(newest + 1)} end\n`)
    })
  })
  const over = new AbortController()
  const given: LogLine[] = []
  try {
    const options = {lines: 3, tail: true, signal: over.signal}
    for await (const line of platformAt(server.url).logs('example-app', options)) {
      given.push(line)
      if (line.text.endsWith(' end')) over.abort()
    }
  } finally {
    await server.close()
  }

  return {begins, given}
}

const anyCut = fc.record({missed: fc.nat(RING + 4), lines: fc.nat(RING + 4), half: fc.boolean()})

describe('a tail over any cuts', () => {
  it('repeats nothing, and tells of a gap exactly where the ring no longer reached back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCut, {maxLength: 5}), fc.nat(RING + 4), async (cuts, missedLast) => {
        const {begins, given} = await tailOver(cuts, missedLast)
        let seen: number | undefined
        let gap = false
        for (const line of given) {
          if (line.gap) {
            expect(gap).toBe(false)
            gap = true
            continue
          }

          const id = Number.parseInt(line.text, 10)
          if (seen === undefined) expect(gap).toBe(false)
          else {
            expect(id).toBeGreaterThan(seen)
            if (id > seen + 1) expect(gap).toBe(true)
            if (gap) expect(begins).toContain(id)
          }

          seen = id
          gap = false
        }

        expect(gap).toBe(false)
      }),
      {numRuns: 60},
    )
  })

  it.each([
    ['still holds the last line seen', RING - 1, false],
    ['lost the last line seen', RING, true],
    ['lost more', RING + 1, true],
  ])('when the ring %s', async (_, missed, gap) => {
    const {given} = await tailOver([{missed: 0, lines: 3, half: false}], missed)
    const texts = given.map((line) => (line.gap ? 'gap' : line.text))
    expect(texts.slice(0, 3)).toEqual(['3', '4', '5'])
    expect(texts.indexOf('gap')).toBe(gap ? 3 : -1)
    expect(given.find((line) => line.gap)?.text ?? 'missing').toMatch('missing')
  })
})
