import type {Plan} from '../run/step.js'
import {type ShipFacts, shippedTypes} from './facts.js'
import {planBuild, planRelease} from './plan.js'
import type {ShipServices} from './services.js'
import type {Pushed} from './steps/push.js'

/** A plan as `--dry-run` shows it. */
export type PlanDescription = {
  plan: string
  steps: Array<{id: string; title: string; pivot: boolean; fails: string}>
  failures: Array<{fails: string; when: string; world: string; action: string; exit: number}>
}

/** Both plans as they would run; the second as predicted, since its digests are known only after the push. */
export function describePlans(facts: ShipFacts): PlanDescription[] {
  const predicted: Pushed = Object.fromEntries(
    shippedTypes(facts).map((type) => [type, {repository: '', manifest: '', config: '', size: 0, layers: 0}]),
  )
  return [planBuild(facts), planRelease(facts, predicted)].map((plan) => describePlan(plan))
}

function describePlan({name, policy, steps}: Plan<ShipServices>): PlanDescription {
  return {
    plan: name,
    steps: steps.map(({failsAs, id, pivot, title}) => ({id, title, pivot: pivot ?? false, fails: failsAs})),
    failures: Object.entries(policy).map(([fails, {action, exit, when, world}]) => ({
      fails,
      when,
      world,
      action,
      exit,
    })),
  }
}

/** The plans as a person reads them. */
export function formatPlans(facts: ShipFacts, plans: PlanDescription[]): string {
  const width = Math.max(...plans.flatMap(({failures}) => failures.map(({when}) => when.length)))
  const lines = [`What would be done to ${facts.app.name}:`]
  let number = 0
  for (const {steps} of plans) {
    for (const {pivot, title} of steps)
      lines.push(`  ${++number}. ${title}${pivot ? ' (no blind way back from here)' : ''}`)
  }

  lines.push('', 'If it fails:')
  for (const {failures} of plans) {
    for (const {action, exit, when} of failures) {
      lines.push(`  ${when.padEnd(width)}  ${action === 'undo' ? 'undo' : 'hold'}, exit ${exit}`)
    }
  }

  if (facts.notes.length > 0) lines.push('', ...facts.notes.map((note) => `Note: ${note}`))
  return lines.join('\n')
}
