import {listOf} from '../../app/words.js'
import type {Step} from '../../run/step.js'
import type {WindowFacts} from '../facts.js'
import type {WindowServices} from '../services.js'
import {type ScaledDown, setQuantities} from './scale-down.js'

/** The quantities of before, as they were seen when the types went to 0. */
export function scaleUp(facts: WindowFacts): Step<WindowServices, null, void> {
  const app = facts.app.name
  return {
    id: 'scale-up',
    title: `Scale ${listOf(Object.entries(facts.down).map(([type, quantity]) => `${type} to ${quantity}`))} again`,
    failsAs: 'restoring',
    restores: 'scale-down',
    run(_seen, ctx) {
      const scaled = ctx.resultOf('scale-down') as ScaledDown | undefined
      return setQuantities(app, scaled?.quantities ?? facts.down, ctx)
    },
  }
}
