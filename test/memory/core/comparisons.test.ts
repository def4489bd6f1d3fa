import {describe, expect, it} from 'vitest'

import {compareReleases, compareSides, summarizeSide} from '../../../src/lib/memory/compare/compare.js'
import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {addEvent, addSample, emptyRecording, mergeRecordings} from '../../../src/lib/memory/recording.js'
import type {MemorySide, Recording, TypeComparison} from '../../../src/lib/memory/types.js'
import {BEGIN, type Behaviour, random, samplesOf} from './noise.js'

const HOUR = 3_600_000
const calm: Behaviour = {mean: 300, dynos: 2, hours: 2, moves: 10, remembers: 0.9, boots: 0.02}
const sideOf = (recording: Recording, label = 'a'): MemorySide => summarizeSide(recording, {label})

/** Of so many pairs of recordings, how often each verdict fell. */
function verdicts(pairs: number, before: Behaviour, after: Behaviour): Record<TypeComparison['verdict'], number> {
  const counts = {less: 0, more: 0, noise: 0, 'too-few': 0, 'one-sided': 0}
  for (let seed = 1; seed <= pairs; seed++) {
    const next = random(seed * 7919)
    const [type] = compareSides(sideOf(samplesOf(next, before)), sideOf(samplesOf(next, after))).types
    counts[type!.verdict]++
  }
  return counts
}

describe('how often a comparison errs, over seeds', () => {
  it.each([
    ['one dyno a side', {...calm, dynos: 1}],
    ['two', calm],
    ['five', {...calm, dynos: 5}],
    ['a memory that moves slowly', {...calm, remembers: 0.98}],
    ['one that does not move', {...calm, moves: 0.01, remembers: 0}],
    ['half an hour', {...calm, hours: 0.5}],
  ])('no difference is hardly ever called one: %s', (_name, behaviour) => {
    const {less, more} = verdicts(60, behaviour, behaviour)
    // With 3 % of errors, 7 or more of 60 would come once in 1000 runs; the seeds are always the same.
    expect(less + more).toBeLessThan(7)
  })

  it.each([
    ['20 % less', {...calm, mean: 240}, 'less'],
    ['20 % more', {...calm, mean: 360}, 'more'],
    ['60 % less of one dyno', {...calm, dynos: 1, mean: 120}, 'less'],
    ['5 % less of eight dynos that boot alike', {...calm, dynos: 8, mean: 285, boots: 0.005}, 'less'],
  ] as const)('a difference is found: %s', (_name, after, verdict) => {
    expect(verdicts(40, {...calm, dynos: after.dynos, boots: after.boots ?? 0}, after)[verdict]).toBeGreaterThanOrEqual(
      38,
    )
  })

  it('a small one is left to noise when dynos are few, and it says so', () => {
    const next = random(1)
    const sides = [
      sideOf(samplesOf(next, {...calm, dynos: 1})),
      sideOf(samplesOf(next, {...calm, dynos: 1, mean: 285})),
    ] as const
    expect(compareSides(...sides).types[0]).toMatchObject({verdict: 'noise', why: expect.stringContaining('10 %')})
  })
})

describe('how often a leak is suspected, over seeds', () => {
  const suspected = (runs: number, behaviour: Behaviour): number =>
    Array.from(
      {length: runs},
      (_, seed) => diagnose(samplesOf(random(seed * 104_729 + 1), behaviour)).types[0]?.growth,
    ).filter((growth) => growth?.suspected).length

  it.each([
    ['two hours', {...calm, hours: 2.1}],
    ['six hours of five dynos that move slowly', {...calm, dynos: 5, hours: 6, remembers: 0.98}],
    ['a start that takes more', {...calm, warmUp: 200}],
  ])('where there is none, hardly ever: %s', (_name, behaviour) => {
    expect(suspected(50, behaviour)).toBeLessThanOrEqual(4)
  })

  it('where there is one, and its slope is told', () => {
    const leaky = {...calm, hours: 6, leaks: 12}
    expect(suspected(30, leaky)).toBeGreaterThanOrEqual(29)
    const growth = diagnose(samplesOf(random(3), {...leaky, moves: 2})).types[0]?.growth
    expect(growth?.perHour).toBeGreaterThan(10)
    expect(growth?.perHour).toBeLessThan(14)
  })

  it('memory that fills up and then stays is none', () => {
    const recording = emptyRecording()
    for (let second = 0; second < 6 * 3600; second += 20) {
      const total = 200 + 100 * Math.min(1, second / 5400) + 3 * random(second)()
      addSample(recording, 'archive', {at: BEGIN + second * 1000, type: 'web', dyno: 'web.1', uuid: 'a', total})
    }
    expect(diagnose(recording).types[0]?.growth?.suspected).toBe(false)
  })
})

describe('releases', () => {
  const next = random(11)
  const old = {mean: 512.8, dynos: 2, hours: 1, moves: 3, remembers: 0.5, warmUp: 100}
  // The old dynos still run for a minute after the release.
  const before = samplesOf(next, {...old, hours: 1 + 1 / 60})
  const after = samplesOf(next, {...old, mean: 201.2}, BEGIN + HOUR + 40_000)
  const released = (versions: number[]): Recording => {
    const recording = mergeRecordings(after, before)
    for (const version of versions) addEvent(recording, {at: BEGIN + (version - 41) * HOUR, kind: 'release', version})
    return recording
  }

  it('are split where a line says so; what runs as it begins is of the release before', () => {
    const {comparison} = compareReleases(released([42]), {releases: []})
    expect(comparison).toMatchObject({before: {label: 'v41', version: 41}, after: {label: 'v42', version: 42}})
    const [web] = comparison!.types
    expect(web).toMatchObject({
      type: 'web',
      verdict: 'less',
      tested: 'thinned samples',
      before: {dynos: 2},
      after: {dynos: 2},
    })
    expect(web!.before!.median).toBeCloseTo(512.8, 0)
    expect(web!.after!.median).toBeCloseTo(201.2, 0)
    expect(web!.relative).toBeCloseTo(-0.608, 2)
    // The samples that the old dynos still gave are theirs; the warm-up of the new ones is left out.
    expect(web!.before!.samples).toBe(2 * 183)
    expect(web!.after!).toMatchObject({samples: 2 * 165, warmUp: 2 * 15})
  })

  it('are split where the list says so, whose moments win', () => {
    const releases = [
      {version: 42, at: BEGIN + HOUR},
      {version: 41, at: BEGIN - HOUR},
      {version: 43, at: BEGIN + 5 * HOUR},
    ]
    const told = compareReleases(mergeRecordings(before, after), {releases})
    expect(told).toEqual(compareReleases(released([42, 41]), {releases: releases.slice(0, 2)}))
    expect(compareReleases(released([42]), {releases, before: 41, after: 43})).toEqual({versions: [41, 42]})
  })

  it('one alone has nothing to be compared with', () => {
    expect(compareReleases(before, {releases: [{version: 41, at: BEGIN - HOUR}]})).toEqual({versions: [41]})
  })

  it('two archives; a side that was in a journal as JSON', () => {
    const sides = [sideOf(before, 'before.log'), sideOf(after, 'after.log')] as const
    const kept = JSON.stringify(sides)
    const [left, right] = JSON.parse(kept) as [MemorySide, MemorySide]
    expect(compareSides(left, right)).toEqual(compareSides(...sides))
    expect(JSON.stringify(left).length).toBeLessThan(4000)
  })

  it('of the metrics API: the first minutes after a release are the warm-up', () => {
    const recording = emptyRecording()
    for (let minute = 0; minute < 120; minute++) {
      const total = minute < 60 ? 400 + (minute % 7) : minute < 65 ? 900 : 200 + (minute % 5)
      addSample(recording, 'metrics', {at: BEGIN + minute * 60_000, type: 'web', total, peak: total + 50})
    }
    const {comparison} = compareReleases(recording, {releases: [{version: 7, at: BEGIN + HOUR}]})
    expect(comparison!.types).toMatchObject([
      {
        verdict: 'less',
        before: {dynos: 0, median: 403, sources: ['metrics']},
        after: {median: 202, warmUp: 5, samples: 55},
      },
    ])
  })
})

describe('too few samples', () => {
  it.each([
    ['none after the warm-up', {...calm, hours: 0.05}],
    ['minutes', {...calm, hours: 0.15}],
  ])('%s: it says so', (_name, short) => {
    const seen = samplesOf(random(5), short)
    const [web] = compareSides(sideOf(samplesOf(random(4), calm)), sideOf(seen)).types
    expect(web).toMatchObject({verdict: 'too-few', why: expect.stringMatching(/^too (few|short)/)})
  })

  it('a type that one side lacks', () => {
    const [web] = compareSides(sideOf(samplesOf(random(4), calm)), sideOf(emptyRecording())).types
    expect(web).toMatchObject({verdict: 'one-sided', why: 'no samples after'})
  })
})
