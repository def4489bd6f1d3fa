import {addSample, emptyRecording} from '../../../src/lib/memory/recording.js'
import type {Recording} from '../../../src/lib/memory/types.js'

/** Reproducible numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const normal = (next: () => number): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())

/** How a process type's memory behaves, MiB. */
export type Behaviour = {
  mean: number
  dynos: number
  hours: number
  /** Standard deviation of what moves from sample to sample, and how much each remembers the one before (AR(1)). */
  moves: number
  remembers: number
  /** Standard deviation of a dyno's mean from boot to boot, of the mean. */
  boots?: number
  /** MiB per hour. */
  leaks?: number
  /** Higher at the start, by so much, and gone after two minutes. */
  warmUp?: number
}

export const BEGIN = Date.UTC(2024, 2, 1)

/** Samples of every 20 seconds, as dynos log them (platform-facts §8.3). */
export function samplesOf(next: () => number, of: Behaviour, from = BEGIN, into = emptyRecording()): Recording {
  const {boots = 0, leaks = 0, warmUp = 0} = of
  for (let dyno = 1; dyno <= of.dynos; dyno++) {
    const mean = of.mean * (1 + boots * normal(next))
    let moved = of.moves * normal(next)
    for (let second = 0; second < of.hours * 3600; second += 20) {
      moved = of.remembers * moved + Math.sqrt(1 - of.remembers ** 2) * of.moves * normal(next)
      const total = mean + moved + (leaks * second) / 3600 + (second < 120 ? warmUp : 0)
      const uuid = `${from}-${dyno}`
      addSample(into, 'archive', {at: from + second * 1000, type: 'web', dyno: `web.${dyno}`, uuid, total, quota: 512})
    }
  }
  return into
}
