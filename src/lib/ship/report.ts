import type {RunReport} from '../app/report.js'
import type {WindowReport} from '../migrate/report.js'
import type {PlanDescription} from '../app/describe-plan.js'
import {describePlans, formatShip} from './describe-plan.js'
import type {ShipFacts} from './facts.js'
import type {Pushed} from './steps/push.js'
import type {Released} from './steps/release.js'

/** What `--json` prints of a ship. Sizes in bytes. */
export type ShipReport = RunReport &
  WindowReport & {
    release?: {version: number}
    images?: Array<{type: string; image: string; manifest: string; size: number; layers: number}>
    plan?: PlanDescription[]
  }

/** Images as the report lists them. */
export function listImages(pushed: Pushed | undefined): Pick<ShipReport, 'images'> {
  if (!pushed) return {}
  const images = Object.entries(pushed).map(([type, {config, layers, manifest, size}]) => ({
    type,
    image: config,
    manifest,
    size,
    layers,
  }))
  return {images}
}

/** The release as the report names it. */
export function nameRelease(released: Released | undefined): Pick<ShipReport, 'release'> {
  return released ? {release: {version: released.version}} : {}
}

/** The answer to `--dry-run`. */
export function planReport(facts: ShipFacts): ShipReport {
  const plan = describePlans(facts)
  return {
    outcome: 'planned',
    exitCode: 0,
    app: facts.app.name,
    message: formatShip(facts, plan),
    plan,
    warnings: facts.notes,
    left: [],
  }
}
