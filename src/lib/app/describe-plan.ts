import type {Plan} from '../run/step.js'

/** A plan as `--dry-run` shows it. */
export type PlanDescription = {
  plan: string
  steps: Array<{id: string; title: string; pivot: boolean; fails: string}>
  failures: Array<{fails: string; when: string; world: string; action: string; exit: number}>
}

export function describePlan<Services>({name, policy, steps}: Plan<Services>): PlanDescription {
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

/** The plans as a person reads them; `details` are lines below the step of that id. */
export function formatPlans(
  {app, details = {}, notes}: {app: string; notes: string[]; details?: Record<string, string[]>},
  plans: PlanDescription[],
): string {
  const width = Math.max(...plans.flatMap(({failures}) => failures.map(({when}) => when.length)))
  const lines = [`What would be done to ${app}:`]
  let number = 0
  for (const {id, pivot, title} of plans.flatMap(({steps}) => steps)) {
    lines.push(`  ${++number}. ${title}${pivot ? ' (no blind way back from here)' : ''}`)
    for (const detail of details[id] ?? []) lines.push(`       ${detail}`)
  }

  lines.push('', 'If it fails:')
  for (const {action, exit, when, world} of plans.flatMap(({failures}) => failures)) {
    const does = world === 'untouched' ? 'nothing to undo' : action
    lines.push(`  ${when.padEnd(width)}  ${does}, exit ${exit}`)
  }

  if (notes.length > 0) lines.push('', ...notes.map((note) => `Note: ${note}`))
  return lines.join('\n')
}
