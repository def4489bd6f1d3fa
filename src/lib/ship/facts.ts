import type {AppState} from '../app/state.js'
import type {EngineFacts} from '../docker/types.js'
import type {WindowFacts} from '../migrate/facts.js'

/** Where an image comes from, and the process types it is for. Paths are absolute. */
export type ImageSource =
  | {from: 'archive'; file: string; types: string[]}
  | {from: 'dockerfile'; dockerfile: string; context: string; types: string[]}

/** Everything a ship reads before anything is changed. JSON, journaled, no secret in it. */
export type ShipFacts = {
  app: {id: string; name: string; webUrl?: string}
  user: string
  registry: string
  engine?: EngineFacts
  state: AppState
  /** When the current release was made, ISO 8601. */
  releasedAt?: string
  /** Why there is no release to go back to; undefined when there is one. */
  noWayBack?: string
  images: ImageSource[]
  /** Build arguments by name only. */
  args: string[]
  target?: string
  noCache: boolean
  stableForMs: number
  requireRelease: boolean
  /** Fingerprint of the migrations, for the label of what is built. */
  migrations?: string
  /** What is done around the release: a window, a migration, caches, checks. Undefined when nothing of it was asked for. */
  window?: WindowFacts
  /** Things worth saying before the first effect: Dockerfiles left alone, running types left out. */
  notes: string[]
}

/** The process types of this ship, in the order in which they are named. */
export function shippedTypes(facts: Pick<ShipFacts, 'images'>): string[] {
  return facts.images.flatMap(({types}) => types)
}

/**
 * Whether a release phase will run: with an image of type `release` in this ship or, from an earlier one, in the formation
 * (platform-facts §1.8: the one released before runs when the update has none).
 */
export function runsReleasePhase(facts: Pick<ShipFacts, 'images' | 'state'>): boolean {
  const before = facts.state.formation.some(({image, type}) => type === 'release' && image)
  return before || shippedTypes(facts).includes('release')
}
