import path from 'node:path'

import {describePlan, formatPlans, type PlanDescription} from '../app/describe-plan.js'
import {type ImageSource, type ShipFacts, shippedTypes} from './facts.js'
import {planBuild, planRelease} from './plan.js'
import type {Pushed} from './steps/push.js'
import {nameOf} from './words.js'

/** Both plans as they would run; the second as predicted, since its digests are known only after the push. */
export function describePlans(facts: ShipFacts): PlanDescription[] {
  const predicted: Pushed = Object.fromEntries(
    shippedTypes(facts).map((type) => [type, {repository: '', manifest: '', config: '', size: 0, layers: 0}]),
  )
  return [describePlan(planBuild(facts)), describePlan(planRelease(facts, predicted))]
}

/** The plans as a person reads them; what the images are made of belongs to the step that takes it first. */
export function formatShip(facts: ShipFacts, plans: PlanDescription[]): string {
  const images = facts.images.map((image) => `${nameOf(image)}: ${shownPath(fileOf(image))}`)
  const first = plans[0]?.steps[0]?.id ?? ''
  return formatPlans({app: facts.app.name, notes: facts.notes, details: {[first]: images}}, plans)
}

const fileOf = (image: ImageSource): string => (image.from === 'archive' ? image.file : image.dockerfile)

/** Below the folder of the command as a person types it, elsewhere whole. */
function shownPath(file: string): string {
  const relative = path.relative('', file)
  return relative.startsWith('..') ? file : relative
}
