import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {LogLine} from '../../src/lib/heroku/types.js'
import {judge} from '../../src/lib/migrate/one-off/judge.js'
import {type Witnesses, WitnessReader} from '../../src/lib/migrate/one-off/witnesses.js'

const nonce = '0123456789abcdef'
const line = (source: string, text: string, dyno = 'run.1'): LogLine => ({at: '', source, dyno, text})
const app = (text: string) => line('app', text)
const heroku = (text: string) => line('heroku', text)
const gap: LogLine = {at: '', source: '', dyno: '', text: 'lines are lost', gap: {}}
const ours = (what: string) => app(`heroku-pipeline-ship ${nonce} ${what}`)

function read(lines: LogLine[]): {shown: string[]; seen: Witnesses} {
  const reader = new WitnessReader('run.1', nonce)
  const shown = lines.flatMap((one) => reader.read(one))
  return {shown: [...shown, ...reader.end()], seen: reader.seen}
}

const status = fc.option(fc.constantFrom(0, 0, 1, 2, 137, 143), {nil: undefined})
const anySeen = fc.record({ours: status, platform: status, begun: fc.boolean(), lost: fc.boolean()}).map((some) => {
  const {begun, lost, ours: own, platform} = some
  return {
    begun: begun || own !== undefined,
    ended: platform !== undefined,
    lost,
    errors: [],
    ...(own === undefined ? {} : {ours: own}),
    ...(platform === undefined ? {} : {platform}),
  }
})

describe('how a dyno ended', () => {
  it('is success only when nothing speaks against it and, with lost lines, both witnesses speak for it', () => {
    fc.assert(
      fc.property(anySeen, (seen) => {
        const told = [seen.ours, seen.platform].filter((one) => one !== undefined)
        const {outcome} = judge(seen)
        expect(outcome === 'failed').toBe(told.some((one) => one !== 0))
        expect(outcome === 'succeeded').toBe(
          told.length > 0 && told.every((one) => one === 0) && seen.begun && (told.length === 2 || !seen.lost),
        )
      }),
      {numRuns: 500},
    )
  })

  it('is as Heroku says when the witnesses disagree, and failed', () => {
    const seen = {begun: true, ended: true, lost: false, errors: []}
    expect(judge({...seen, ours: 0, platform: 137})).toMatchObject({outcome: 'failed', status: 137})
    expect(judge({...seen, ours: 3, platform: 0})).toMatchObject({outcome: 'failed', status: 3})
  })

  it.each([
    ['Error R15 (Memory quota vastly exceeded)', 137, '(R15)'],
    ['Error R14 (Memory quota exceeded)', 137, '(R14)'],
    ['Error R13 (Attach error) -> Failed to attach to process', 128, '(R13)'],
  ])('names %s', (error, exit, code) => {
    const {seen, shown} = read([heroku(error), heroku(error), heroku(`Process exited with status ${exit}`)])
    expect(shown).toEqual([error])
    expect(judge(seen)).toMatchObject({outcome: 'failed', status: exit, why: expect.stringContaining(code)})
  })
})

describe('the log of a dyno', () => {
  it('is shown as the command wrote it, without our lines', () => {
    fc.assert(
      fc.property(fc.string({unit: fc.constantFrom('a', ' ', '\n')}), (output) => {
        const marker = `heroku-pipeline-ship ${nonce}`
        const raw = `\n${marker} begin\n${output}\n${marker} end 0`
        const {seen, shown} = read(raw.split('\n').map((text) => app(text)))
        expect(shown).toEqual(output === '' ? [] : output.replace(/\n$/, '').split('\n'))
        expect(seen).toMatchObject({ours: 0, begun: true})
      }),
      {numRuns: 300},
    )
  })

  it('holds lines of others, and of an earlier dyno of the same name, which prove nothing', () => {
    const {seen, shown} = read([
      heroku('Process exited with status 0'),
      heroku('State changed from up to complete'),
      heroku('Starting process with command `/bin/sh -c …`'),
      line('app', 'not ours', 'run.12'),
      line('heroku', 'Process exited with status 1', 'run.12'),
      line('app', 'Starting process with command by user', 'api'),
      app(`heroku-pipeline-ship ${'f'.repeat(16)} end 0`),
      app(`echo heroku-pipeline-ship ${nonce} end 0`),
    ])
    expect(seen).toEqual({begun: false, ended: false, lost: false, errors: []})
    expect(shown).toHaveLength(2)
  })

  it('may have its lines in any order of the two sources', () => {
    const {seen} = read([ours('begin'), ours('end 4'), heroku('Starting process with command `x`'), gap])
    expect(seen).toMatchObject({begun: true, ours: 4, lost: true})
  })
})
