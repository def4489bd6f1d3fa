import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {runPlan, type Verdict} from '../../src/lib/run/runner.js'
import type {Json} from '../../src/lib/run/step.js'
import type {ShipFacts} from '../../src/lib/ship/facts.js'
import {planRelease} from '../../src/lib/ship/plan.js'
import type {ShipServices} from '../../src/lib/ship/services.js'
import {undoRelease} from '../../src/lib/ship/steps/undo-release.js'
import {memoryJournal, testClock, testRun} from '../run/world.js'
import {digest, processType, pushed, shipFacts} from './facts.js'
import {type FakePlatform, fakePlatform, type Trouble} from './fake-platform.js'

const NEW = {web: pushed(digest('c')), worker: pushed(digest('d'))}
const OLD = {web: digest('a'), worker: digest('b')}

type Outcome = {verdict: Verdict; platform: FakePlatform; journal: ReturnType<typeof memoryJournal>}

async function releaseWith(trouble: Trouble, facts: ShipFacts = shipFacts()): Promise<Outcome> {
  const platform = fakePlatform({web: 1, worker: 2}, OLD, trouble)
  const journal = memoryJournal()
  const {run} = testRun(journal)
  const services = {platform} as unknown as ShipServices
  const verdict = await runPlan(planRelease(facts, NEW), services, run, NEW as unknown as Json)
  return {verdict, platform, journal}
}

const {state} = shipFacts()
const withReleasePhase = shipFacts({
  state: {...state, formation: [...state.formation, processType('release', 0, digest('e'))]},
})

describe('a release', () => {
  it('is green only when the new images run', async () => {
    const {platform, verdict} = await releaseWith({})
    expect(verdict).toEqual({outcome: 'done'})
    expect(platform.current().images).toEqual({web: digest('c'), worker: digest('d')})
    expect(platform.writes).toEqual(['release'])
  })

  it('is sent once when its answer is lost and it happened, and again only when it did not', async () => {
    expect((await releaseWith({lost: {write: 'release', effect: true}})).platform.writes).toEqual(['release'])
    const {platform, verdict} = await releaseWith({lost: {write: 'release', effect: false}})
    expect(verdict.outcome).toBe('done')
    expect(platform.writes).toEqual(['release', 'release'])
    expect(platform.releases.length).toBe(2)
  })

  it('is waited for as long as its release phase takes', async () => {
    const {platform, verdict} = await releaseWith({pendingReads: 900}, withReleasePhase)
    expect(verdict.outcome).toBe('done')
    expect(platform.current().version).toBe(42)
  })

  it('that stays pending past the deadline is held, because it may still become current', async () => {
    const {platform, verdict} = await releaseWith({pendingReads: Infinity}, withReleasePhase)
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, reason: 'v42 is still pending.'})
    expect(verdict).toHaveProperty('left.0.command', 'heroku releases:output v42 --app example-app')
    expect(platform.writes).toEqual(['release'])
  })

  it('that nobody can see any more is held: the outcome is unknown', async () => {
    const {platform, verdict} = await releaseWith({blind: true})
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(verdict).toHaveProperty('left.0.command', 'heroku releases:rollback v41 --app example-app')
    expect(platform.writes).toEqual(['release'])
  })

  it('whose release phase fails leaves the old one current, and says what may be half applied', async () => {
    const {platform, verdict} = await releaseWith({pendingReads: 3, phaseFails: true}, withReleasePhase)
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect(verdict).toHaveProperty('message', expect.stringContaining('What the release phase did to the database'))
    expect(platform.current().version).toBe(41)
    expect(platform.writes).toEqual(['release'])
  })

  it('is never sent over one that came after preflight', async () => {
    const facts = shipFacts({state: {...state, current: {id: 'id-40', version: 40, description: ''}}})
    const {platform, verdict} = await releaseWith({}, facts)
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, message: 'Nothing was released.'})
    expect(platform.writes).toEqual([])
  })
})

describe('when the dynos crash', () => {
  const crashes = digest('c')

  it('the app runs the recorded images again', async () => {
    const {platform, verdict} = await releaseWith({crashes})
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect(platform.current().images).toEqual(OLD)
    expect(platform.writes).toEqual(['release', 'rollback'])
  })

  it('the rollback is sent once, also when its answer is lost', async () => {
    const {platform, verdict} = await releaseWith({crashes, lost: {write: 'rollback', effect: true}})
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1})
    expect(platform.writes).toEqual(['release', 'rollback'])
  })

  it('a rollback whose outcome nobody knows is left to a person', async () => {
    const {platform, verdict} = await releaseWith({crashes, lost: {write: 'rollback', effect: false}})
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, message: 'Not everything could be undone.'})
    expect(verdict).toHaveProperty('left.0.command', 'heroku releases:rollback v41 --app example-app')
    expect(platform.writes).toEqual(['release', 'rollback'])
  })

  it("somebody else's release is never rolled back", async () => {
    const {platform, verdict} = await releaseWith({crashes, foreign: true})
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(platform.writes).toEqual(['release'])
    expect(platform.current().user).toBe('you@example.com')
  })

  it.each([
    ['a release phase has run', withReleasePhase],
    ['there is no release to go back to', shipFacts({noWayBack: 'it is the first release'})],
    ['the app had crashed before', shipFacts({state: {...state, crashed: ['web.1']}})],
  ])('nothing is rolled back when %s', async (_why, facts) => {
    const {platform, verdict} = await releaseWith({crashes}, facts)
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(verdict).toHaveProperty('left.length', 1)
    expect(platform.writes).toEqual(['release'])
  })
})

/** Another process undoes from the journal alone: whatever had happened when the first one died. */
it('the undo ends at the recorded images, run once or twice, wherever the run was killed', async () => {
  const moments = fc.constantFrom('before the PATCH', 'after the PATCH', 'in the middle of the undo')
  await fc.assert(
    fc.asyncProperty(moments, fc.boolean(), fc.boolean(), async (moment, twice, lostAnswer) => {
      const trouble: Trouble = lostAnswer ? {lost: {write: 'rollback', effect: true}} : {}
      const platform = fakePlatform({web: 1, worker: 2}, OLD, trouble)
      const services = {platform} as unknown as ShipServices
      const [release] = planRelease(shipFacts(), NEW).steps
      const context = {
        ...services,
        clock: testClock(),
        signal: new AbortController().signal,
        hurried: false,
        log() {},
        progress() {},
        warn() {},
        downtime() {},
        resultOf: () => undefined,
      }
      const seen = (await release!.look!(context)) as never
      if (moment !== 'before the PATCH') await release!.run(seen, context)
      if (moment === 'in the middle of the undo') await platform.rollback('example-app', 'id-41').catch(() => {})

      await undoRelease(seen, context)
      if (twice) await undoRelease(seen, context)

      expect(platform.current().images).toEqual(OLD)
      expect(platform.writes.filter((write) => write === 'rollback').length).toBe(moment === 'before the PATCH' ? 0 : 1)
    }),
    {numRuns: 40},
  )
})
