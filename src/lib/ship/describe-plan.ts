import path from 'node:path'

import type {Plan} from '../run/step.js'
import {type ImageSource, type ShipFacts, shippedTypes} from './facts.js'
import {planBuild, planRelease} from './plan.js'
import type {ShipServices} from './services.js'
import type {Pushed} from './steps/push.js'
import {nameOf} from './words.js'

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
    for (const {pivot, title} of steps) {
      lines.push(`  ${++number}. ${title}${pivot ? ' (no blind way back from here)' : ''}`)
      // What the images are made of belongs to the step that takes it first.
      if (number === 1)
        lines.push(...facts.images.map((image) => `       ${nameOf(image)}: ${shownPath(fileOf(image))}`))
    }
  }

  lines.push('', 'If it fails:')
  for (const {failures} of plans) {
    for (const {action, exit, when, world} of failures) {
      const does = world === 'untouched' ? 'nothing to undo' : action
      lines.push(`  ${when.padEnd(width)}  ${does}, exit ${exit}`)
    }
  }

  if (facts.notes.length > 0) lines.push('', ...facts.notes.map((note) => `Note: ${note}`))
  return lines.join('\n')
}

const fileOf = (image: ImageSource): string => (image.from === 'archive' ? image.file : image.dockerfile)

/** Below the folder of the command as a person types it, elsewhere whole. */
function shownPath(file: string): string {
  const relative = path.relative('', file)
  return relative.startsWith('..') ? file : relative
}
