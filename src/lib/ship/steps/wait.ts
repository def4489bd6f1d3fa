import type {Step} from '../../run/step.js'
import type {ShipFacts} from '../facts.js'
import type {ShipServices} from '../services.js'
import {type DynosUp, waitForDynos} from '../../app/wait-for-dynos.js'
import type {Released} from './release.js'

/** Waits for the release that the step before made: a wait is a step of its own, so that a crash undoes that release. */
export function waitForUp(facts: ShipFacts): Step<ShipServices, null, DynosUp> {
  return {
    id: 'up',
    title: 'Wait for the dynos to come up',
    failsAs: 'unhealthy',
    run(_seen, ctx) {
      const release = ctx.resultOf('release') as Released
      return waitForDynos({app: facts.app.name, release, stableForMs: facts.stableForMs}, ctx)
    },
    summary: ({up}) =>
      up === 0 ? 'no dynos to wait for, every type is scaled to 0' : `${up} ${up === 1 ? 'dyno' : 'dynos'} up`,
  }
}
