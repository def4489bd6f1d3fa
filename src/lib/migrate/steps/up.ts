import {type DynosUp, waitForDynos} from '../../app/wait-for-dynos.js'
import type {Step, StepContext} from '../../run/step.js'
import {readDynos} from '../drain.js'
import type {WindowFacts} from '../facts.js'
import type {WindowServices} from '../services.js'
import type {Restarted} from './restart.js'

type Context = StepContext & WindowServices

type UpFacts = Pick<WindowFacts, 'app' | 'down' | 'keptUp' | 'stableForMs' | 'state'>

/**
 * Waits until every dyno is up and stable on the release and the schema of now, before anyone is let in (design §4.10). A step of
 * its own, so that a crash undoes the release before it.
 */
export function waitForUp(facts: UpFacts): Step<WindowServices, null, DynosUp> {
  return {
    id: 'up',
    title: 'Wait for the dynos to come up',
    failsAs: 'unhealthy',
    async run(_seen, ctx) {
      const released = ctx.resultOf('release') as {version: number; createdAt: string} | undefined
      const version = released?.version ?? facts.state.current?.version ?? 0
      const createdAt = await sinceWhen(facts, released, ctx)
      return waitForDynos({app: facts.app.name, release: {version, createdAt}, stableForMs: facts.stableForMs}, ctx)
    },
    summary: ({up}) =>
      up === 0 ? 'no dynos to wait for, every type is scaled to 0' : `${up} ${up === 1 ? 'dyno' : 'dynos'} up`,
  }
}

/**
 * What crashed before is no news: on the old schema, between release and migration. Every time here is the platform's. Without a
 * release and a restart the dynos of now tell: they came with the scaling.
 */
async function sinceWhen(facts: UpFacts, released: {createdAt: string} | undefined, ctx: Context): Promise<string> {
  const restarted = ctx.resultOf('restart') as Restarted | undefined
  const known = restarted?.since ?? released?.createdAt
  if (known) return known
  const types = [...Object.keys(facts.down), ...facts.keptUp]
  const dynos = await readDynos(facts.app.name, types, ctx).catch(() => [])
  const made = dynos.map(({createdAt}) => Date.parse(createdAt))
  return new Date(made.length > 0 ? Math.min(...made) : ctx.clock.now()).toISOString()
}
