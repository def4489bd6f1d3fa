import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {emptyRecording, forgetBefore, mergeRecordings} from '../../../src/lib/memory/recording.js'
import type {Recording} from '../../../src/lib/memory/types.js'
import {read, samplesOf} from './read.js'
import {type Happening, happenings, linesOf} from './world.js'

const textOf = (all: Happening[], end = '\n'): string =>
  all.flatMap((each) => linesOf(each).map((line) => line + end)).join('')

/** All that anybody sees of a recording. */
const answer = (recording: Recording): unknown => ({
  diagnosis: diagnose(recording),
  samples: samplesOf(recording).length,
})

const shuffled = (all: Happening[]) => fc.shuffledSubarray(all, {minLength: all.length})

describe('the same lines give the same answer', () => {
  it('in pieces of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        happenings,
        fc.integer({min: 1, max: 300}),
        fc.constantFrom('\n', '\r\n'),
        async (all, piece, end) => {
          const text = textOf(all, end)
          expect(await read(text, {piece})).toEqual(await read(text))
        },
      ),
      {numRuns: 120},
    )
  })

  it('in any order of lines, from any number of files', async () => {
    const orders = happenings.chain((all) => fc.tuple(fc.constant(all), shuffled(all), fc.nat(all.length)))
    await fc.assert(
      fc.asyncProperty(orders, async ([all, mixed, cut]) => {
        const whole = answer(await read(textOf(all)))
        const parts = [await read(textOf(mixed.slice(0, cut))), await read(textOf(mixed.slice(cut)))]
        expect(withoutBytes(answer(mergeRecordings(...parts)))).toEqual(withoutBytes(whole))
        const into = emptyRecording()
        await read(textOf(mixed.slice(cut)), {into})
        await read(textOf(mixed.slice(0, cut)), {into})
        expect(withoutBytes(answer(into))).toEqual(withoutBytes(whole))
      }),
      {numRuns: 120},
    )
  })

  it('read twice it is the same, and what was repeated is counted', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        const text = textOf(all)
        const once = diagnose(await read(text))
        const twice = diagnose(await read(text + text))
        expect({...twice, counts: undefined}).toEqual({...once, counts: undefined})
        expect(twice.counts.repeated).toBe(2 * once.counts.repeated + (once.counts.used - once.counts.repeated))
      }),
      {numRuns: 60},
    )
  })
})

it('every sample is found as it was said, and only samples', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const recording = await read(textOf(all))
      const said = all
        .filter(({kind}) => kind === 'sample')
        .map(({at, dyno, quota, swap, total, uuid}) => {
          const cents = Math.round((total + swap) * 100) / 100
          return {at, type: dyno.split('.')[0]!, dyno, uuid, total: cents, rss: total, cache: 0, swap, quota}
        })
      const byAll = (one: object) => JSON.stringify(Object.entries(one).sort())
      expect(
        samplesOf(recording)
          .map((one) => byAll(one))
          .sort(),
      ).toEqual(said.map((one) => byAll(one)).sort())
      const garbage = all.filter(({kind}) => kind === 'garbage').length
      expect(recording.counts.skipped).toBe(2 * garbage)
    }),
    {numRuns: 120},
  )
})

it('what is forgotten is as if it had never been read', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, fc.integer({min: 0, max: 4 * 3600}), async (all, seconds) => {
      const at = Date.UTC(2024, 2, 1) + seconds * 1000
      const recording = await read(textOf(all))
      forgetBefore(recording, at)
      const later = await read(textOf(all.filter((each) => each.at >= at)))
      expect({...diagnose(recording), counts: 0, notes: 0}).toEqual({...diagnose(later), counts: 0, notes: 0})
      expect(recording.instances.length).toBe(later.instances.length)
      // And it goes on being a recording.
      await read(textOf(all), {into: recording})
      expect(recording.samples.length).toBe(later.samples.length + (await read(textOf(all))).samples.length)
    }),
    {numRuns: 80},
  )
})

it('a line longer than any is cut in the same places, however it comes', async () => {
  const happening = {
    at: Date.UTC(2024, 2, 1),
    dyno: 'web.1',
    uuid: 'a',
    total: 300,
    swap: 0,
    quota: 512,
    kind: 'sample',
  } as const
  const frames = Array.from(
    {length: 9000},
    (_, index) => linesOf({...happening, style: 1, at: happening.at + index * 1000})[0],
  )
  // Frames without line ends, then text that only looks like memory, then a line of its own.
  const text = `${frames.join('')}${'MB#memory Process '.repeat(100_000)}\n${linesOf({...happening, style: 0, dyno: 'web.2'})[0]}\n`
  const whole = await read(text)
  expect(text.length).toBeGreaterThan(3 << 20)
  // Each cut may cost a frame.
  expect(whole.samples.length).toBeGreaterThanOrEqual(9001 - 4)
  expect(samplesOf(whole).filter(({dyno}) => dyno === 'web.2')).toHaveLength(1)
  for (const piece of [1000, 65_536, (1 << 20) + 1]) expect(await read(text, {piece})).toEqual(whole)
})

it('a day of --tail is as flat as an hour', async () => {
  const recording = emptyRecording()
  const sizes: Array<{room: number; instances: number; events: number}> = []
  for (let hour = 0; hour < 24; hour++) {
    const at = Date.UTC(2024, 2, 1, hour)
    const text = Array.from({length: 1800}, (_, index) => ({
      at: at + index * 2000,
      dyno: `web.${1 + (index % 10)}`,
      uuid: `h${hour}-${index % 10}`,
      total: 300,
      swap: 0,
      quota: 512,
      style: index,
      kind: index % 9 === 0 ? ('R14' as const) : ('sample' as const),
    }))
    await read(textOf(text), {into: recording})
    forgetBefore(recording, at)
    sizes.push({
      room: recording.samples.at.length,
      instances: recording.instances.length,
      events: recording.events.length,
    })
  }
  expect(new Set(sizes.slice(2).map((size) => JSON.stringify(size))).size).toBe(1)
})

function withoutBytes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === 'bytes' ? undefined : each)))
}
