import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {runPlan} from '../../src/lib/run/runner.js'
import {memoryJournal, type Moment, type Scenario, scenarioPlan, testRun, type World} from './world.js'

/** Plays a scenario against a world whose switches do not all start at 0, and says how both ended. */
async function play(scenario: Scenario, start: World) {
  const world = [...start]
  const journal = memoryJournal()
  const {run, events} = testRun(journal)
  const plan = scenarioPlan(scenario, world, () => run)
  const verdict = await runPlan(plan, {}, run, {})
  return {verdict, world, events, journal, run, plan}
}

const moments: Moment[] = ['look', 'before', 'half', 'after']
const sizes = fc.integer({min: 1, max: 8})
const starts = fc.array(fc.constantFrom(0, 7), {minLength: 8, maxLength: 8})
const failures = sizes.chain((steps) =>
  fc.record({
    steps: fc.constant(steps),
    fails: fc.record({step: fc.nat({max: steps - 1}), moment: fc.constantFrom(...moments)}),
  }),
)

describe('the laws of a run', () => {
  it('does every step once, in order, when nothing fails', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, starts, async (steps, start) => {
        const {verdict, world} = await play({steps}, start)
        expect(verdict).toEqual({outcome: 'done'})
        expect(world).toEqual(start.map((was, index) => (index < steps ? 1 : was)))
      }),
    )
  })

  it('ends as it began, whichever step fails, and at whatever moment', async () => {
    await fc.assert(
      fc.asyncProperty(failures, starts, async (scenario, start) => {
        const {verdict, world} = await play(scenario, start)
        expect(world).toEqual(start)
        expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
      }),
    )
  })

  it('touches nothing from the pivot back once it has begun, and says so with 4', async () => {
    const scenarios = failures.chain((f) => fc.record({...constants(f), pivot: fc.nat({max: f.fails.step})}))
    await fc.assert(
      fc.asyncProperty(scenarios, starts, async (scenario, start) => {
        const {verdict, world} = await play(scenario, start)
        const pivotBegan = scenario.pivot < scenario.fails.step || scenario.fails.moment !== 'look'
        if (!pivotBegan) {
          // The look of the pivot failed: nothing of it happened, so whatever its row says there is a way back.
          expect(world).toEqual(start)
          expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
          return
        }

        expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
        expect(world.slice(0, scenario.pivot)).toEqual(start.slice(0, scenario.pivot).map(() => 1))
        const begun = scenario.fails.moment === 'look' ? scenario.fails.step : scenario.fails.step + 1
        expect(verdict.outcome !== 'done' && verdict.left.map(({what}) => what)).toEqual(
          Array.from({length: begun}, (_, index) => `switch ${begun - 1 - index} is on`),
        )
      }),
    )
  })

  it('goes back past a pivot that is proven to have had no effect', async () => {
    await fc.assert(
      fc.asyncProperty(failures, starts, async (scenario, start) => {
        const fails = {...scenario.fails, as: 'noEffect'}
        const {verdict, world} = await play({...scenario, fails, pivot: scenario.fails.step}, start)
        expect(world).toEqual(start)
        expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1})
      }),
    )
  })

  it('undoes the others when one undo fails, and names what is left', async () => {
    const scenarios = failures.chain((f) => fc.record({...constants(f), broken: fc.nat({max: f.steps - 1})}))
    await fc.assert(
      fc.asyncProperty(scenarios, starts, async ({broken, ...scenario}, start) => {
        const begun = scenario.fails.moment === 'look' ? scenario.fails.step : scenario.fails.step + 1
        const {verdict, world} = await play({...scenario, undoFails: [broken]}, start)
        for (const [index, was] of start.entries()) if (index !== broken) expect(world[index]).toBe(was)
        if (broken < begun) {
          const left = [{what: `switch ${broken} is on`, command: `turn ${broken} ${start[broken]}`}]
          expect(verdict).toMatchObject({outcome: 'held', exitCode: 4, left})
        } else {
          expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
        }
      }),
    )
  })

  it('does no harm when every undo runs twice', async () => {
    await fc.assert(
      fc.asyncProperty(failures, starts, async (scenario, start) => {
        const {journal, plan, world} = await play(scenario, start)
        for (const entry of [...journal.entries].reverse()) {
          if (entry.type !== 'begin') continue
          const step = plan.steps.find(({id}) => id === entry.step)!
          await step.undo!(entry.seen, {} as never)
        }

        expect(world).toEqual(start)
      }),
    )
  })

  it('ends undone and 128 + signal before a pivot, held and 4 after it', async () => {
    const scenarios = sizes.chain((steps) =>
      fc.record({
        steps: fc.constant(steps),
        pivot: fc.option(fc.nat({max: steps - 1}), {nil: undefined}),
        signal: fc.record({
          step: fc.nat({max: steps - 1}),
          moment: fc.constantFrom('before' as const, 'after' as const),
        }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(scenarios, starts, async ({pivot, ...scenario}, start) => {
        const {verdict, world} = await play({...scenario, ...(pivot === undefined ? {} : {pivot})}, start)
        if (pivot !== undefined && pivot <= scenario.signal.step) {
          expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
          // The effect under way has settled, nothing is undone, and all of it is named.
          expect(world.slice(0, scenario.signal.step + 1)).toEqual(
            start.slice(0, scenario.signal.step + 1).map(() => 1),
          )
          expect(verdict).toHaveProperty('left.length', scenario.signal.step + 1)
        } else {
          const exitCode = scenario.signal.moment === 'before' ? 130 : 143
          expect(verdict).toMatchObject({outcome: 'interrupted', exitCode, left: []})
          expect(world).toEqual(start)
        }
      }),
    )
  })

  it('journals what was seen before the effect, so that another process can undo', async () => {
    await fc.assert(
      fc.asyncProperty(failures, starts, async (scenario, start) => {
        const world: World = [...start]
        const journal = memoryJournal()
        const {run} = testRun(journal)
        const plan = scenarioPlan({steps: scenario.steps}, world, () => run)
        // The process dies at this step: nothing of the runner runs any more, the world stays as it is.
        const killed = plan.steps[scenario.fails.step]!
        killed.run = async () => {
          world[scenario.fails.step] = scenario.fails.moment === 'after' ? 1 : 0.5
          return new Promise(() => {})
        }

        void runPlan(plan, {}, run, {})
        await expect
          .poll(() => journal.entries.filter(({type}) => type === 'begin').length)
          .toBe(scenario.fails.step + 1)

        const fresh = scenarioPlan({steps: scenario.steps}, world, () => run)
        for (const entry of [...journal.entries].reverse()) {
          if (entry.type === 'begin')
            await fresh.steps.find(({id}) => id === entry.step)!.undo!(entry.seen, {} as never)
        }

        expect(world).toEqual(start)
      }),
      {numRuns: 25},
    )
  })

  it('begins no effect that it cannot journal, a pivot neither, and undoes the ones before', async () => {
    const scenarios = failures.chain((f) => fc.record({...constants(f), isPivot: fc.boolean()}))
    await fc.assert(
      fc.asyncProperty(scenarios, starts, async ({fails, isPivot, steps}, start) => {
        const world = [...start]
        const journal = memoryJournal((entry) => entry.type === 'begin' && entry.step === `s${fails.step}`)
        const {run} = testRun(journal)
        const verdict = await runPlan(
          scenarioPlan({steps, ...(isPivot ? {pivot: fails.step} : {})}, world, () => run),
          {},
          run,
          {},
        )
        expect(world).toEqual(start)
        expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, reason: 'No space left on device'})
      }),
    )
  })

  it('keeps secrets out of events and journal', async () => {
    const journal = memoryJournal()
    const {events, run} = testRun(journal)
    const plan = scenarioPlan({steps: 1}, [0], () => run)
    const [step] = plan.steps
    step!.look = async () => ({was: 0, header: 'Bearer top-secret-token'})
    step!.run = async (_seen, ctx) => {
      ctx.log('DATABASE_URL=postgres://user:hunter22@host/db')
      throw new Error('401 for top-secret-token')
    }

    await runPlan(plan, {}, run, {})
    const all = JSON.stringify([events, journal.entries])
    expect(all).not.toMatch(/top-secret-token|hunter22/)
    expect(all).toContain('postgres://user:***@host/db')
  })
})

function constants<T extends object>(value: T): {[K in keyof T]: fc.Arbitrary<T[K]>} {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fc.constant(item)])) as never
}
