import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {exactlyOnce} from '../../src/lib/run/exactly-once.js'

class Lost extends Error {}
class Refused extends Error {}
class Unsent extends Error {}

const SETTLE_MS = [100, 200, 400, 800]
const SETTLED = 1500

/** What a single call does: `lost` with or without its effect. */
type Fate = 'answered' | 'lost-after' | 'lost-before' | 'refused' | 'unsent'
type Story = {fates: Fate[]; lag: number; looksDown: boolean[]; resend: boolean; abortAt: number | undefined}

const stories: fc.Arbitrary<Story> = fc.record({
  fates: fc.array(fc.constantFrom<Fate>('answered', 'lost-after', 'lost-before', 'refused', 'unsent'), {
    minLength: 1,
    maxLength: 8,
  }),
  // The interesting lags are around the looks and the end of looking.
  lag: fc.constantFrom(0, 50, 99, 100, 101, 300, 701, 1499, 1500, 1501, 5000),
  looksDown: fc.array(fc.boolean(), {minLength: 1, maxLength: 8}),
  resend: fc.boolean(),
  abortAt: fc.option(fc.constantFrom(0, 100, 250, 700, 1600), {nil: undefined}),
})

/** A world with effects that show late, looked at by a platform that is down at times; time is only counted. */
async function tell({abortAt, fates, lag, looksDown, resend}: Story) {
  let now = 0
  const controller = new AbortController()
  const effects: Array<{id: string; at: number}> = []
  const calls: Array<{fate: Fate; at: number}> = []
  const looks: Array<{at: number; saw: 'down' | 'nothing' | 'something'}> = []
  const advance = (ms: number) => {
    now += ms
    if (abortAt !== undefined && now >= abortAt) controller.abort(new Error('interrupted'))
  }
  advance(0)
  const clock = {
    now: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted()
      const end = now + ms
      advance(Math.min(ms, abortAt !== undefined && abortAt > now ? abortAt - now : ms))
      signal?.throwIfAborted()
      advance(end - now)
    },
  }
  const outcome = await exactlyOnce({
    clock,
    signal: controller.signal,
    settleMs: SETTLE_MS,
    resend,
    isUnknown: (error) => error instanceof Lost,
    isNotSent: (error) => error instanceof Unsent,
    async call() {
      const fate = fates[calls.length] ?? 'answered'
      calls.push({fate, at: now})
      if (fate === 'refused') throw new Refused('no')
      if (fate === 'unsent') throw new Unsent('offline')
      if (fate === 'lost-before') throw new Lost('cut')
      const effect = {id: `effect ${effects.length + 1}`, at: now}
      effects.push(effect)
      if (fate === 'lost-after') throw new Lost('cut')
      return effect.id
    },
    async lookUp() {
      const down = looksDown[looks.length % looksDown.length]
      const found = effects.find(({at}) => at + lag <= now)
      looks.push({at: now, saw: down ? 'down' : found ? 'something' : 'nothing'})
      if (down) throw new Error('platform down')
      return found?.id
    },
  }).then(
    (result) => ({result, error: undefined}),
    (error: unknown) => ({result: undefined, error}),
  )
  return {...outcome, effects, calls, looks, aborted: controller.signal.aborted}
}

const law = (check: (story: Story, end: Awaited<ReturnType<typeof tell>>) => void, fixed: Partial<Story> = {}) =>
  fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const whole = {...story, ...fixed}
      check(whole, await tell(whole))
    }),
    {numRuns: 1000},
  )

describe('exactlyOnce', () => {
  it('never lets the effect happen twice when it may not resend', () =>
    law(
      (_, {calls, effects}) => {
        expect(effects.length).toBeLessThanOrEqual(1)
        expect(calls.filter(({fate}) => fate !== 'unsent').length).toBeLessThanOrEqual(1)
      },
      {resend: false},
    ))

  it('sends at most twice when it may resend', () =>
    law((_, {calls}) => expect(calls.filter(({fate}) => fate !== 'unsent').length).toBeLessThanOrEqual(2), {
      resend: true,
    }))

  it('resends only after looking for the whole time, the last look showing that nothing is there', () =>
    law(
      (_, {aborted, calls, looks}) => {
        const sent = calls.find(({fate}) => fate !== 'unsent')
        const resent = calls.slice(calls.indexOf(sent!) + 1)[0]
        if (!sent || !resent) return
        const between = looks.filter(({at}) => at <= resent.at)
        expect(sent.fate).toMatch(/^lost/)
        expect(resent.at - sent.at).toBe(SETTLED)
        expect(between.slice(0, SETTLE_MS.length).at(-1)?.saw).toBe('nothing')
        expect(between.some(({saw}) => saw === 'something')).toBe(false)
        // An interruption may come while the second one is under way, never before.
        if (aborted) expect(between).toHaveLength(SETTLE_MS.length)
      },
      {resend: true},
    ))

  it('results in the effect, whichever way it learned of it', () =>
    law((_, {effects, result}) => {
      if (result !== undefined) expect(effects.map(({id}) => id)).toContain(result)
    }))

  it('says a definite no only when nothing happened', () =>
    law((_, {effects, error}) => {
      if (error instanceof Refused || error instanceof Unsent) expect(effects).toHaveLength(0)
    }, {}))

  it('does not take a no to the second sending for a no to the first', async () => {
    for (const second of ['refused', 'unsent'] as const) {
      const fates: Fate[] = ['lost-after', second]
      const {effects, error} = await tell({fates, lag: 5000, looksDown: [false], resend: true, abortAt: undefined})
      expect(effects).toHaveLength(1)
      expect(error).toBeInstanceOf(Lost)
    }
  })

  it('gives up as unknown only when no look could show the effect', () =>
    law((_, {error, looks}) => {
      if (error instanceof Lost) expect(looks.every(({saw}) => saw !== 'something')).toBe(true)
    }))

  it('finds an effect whose answer is lost as soon as a look can see it', () =>
    law(
      (story, {effects, looks, result}) => {
        if (story.lag > 1400) return
        expect(result).toBe('effect 1')
        expect(effects).toHaveLength(1)
        expect(looks.at(-1)?.saw).toBe('something')
      },
      {fates: ['lost-after'], looksDown: [false], abortAt: undefined},
    ))

  it('looks once more and stops when it is interrupted while looking', async () => {
    const {calls, error, looks} = await tell({
      fates: ['lost-before'],
      lag: 0,
      looksDown: [false],
      resend: true,
      abortAt: 250,
    })
    expect(error).toBeInstanceOf(Lost)
    expect(looks.map(({at}) => at)).toEqual([100, 250])
    expect(calls).toHaveLength(1)
  })

  it('tries again what never left, until it leaves', async () => {
    const {calls, effects, result} = await tell({
      fates: ['unsent', 'unsent', 'answered'],
      lag: 0,
      looksDown: [true],
      resend: false,
      abortAt: undefined,
    })
    expect(result).toBe('effect 1')
    expect(effects).toHaveLength(1)
    expect(calls.map(({at}) => at)).toEqual([0, 100, 300])
  })

  it('gives up what never leaves', async () => {
    const fates = Array.from({length: 20}, () => 'unsent' as const)
    const {calls, error} = await tell({fates, lag: 0, looksDown: [false], resend: true, abortAt: undefined})
    expect(error).toBeInstanceOf(Unsent)
    expect(calls).toHaveLength(SETTLE_MS.length + 1)
  })
})
