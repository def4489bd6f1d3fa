import {createHash} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Platform} from './platform.js'
import {currentRelease} from './state/new-app.js'
import type {AppState} from './state/types.js'

/** What two worlds are compared by: no ids, no times, no versions. */
export type World = {
  maintenance: boolean
  stack: string
  formation: Record<string, {quantity: number; size: string; image: string | null}>
  /** Config digests of the current release. */
  images: Record<string, string>
  /** Hash of the config vars of the current release: a world can be printed. */
  configVars: string
  features: string[]
  /** `code` is the digest the dyno runs. */
  dynos: Array<{name: string; state: string; code: string | null}>
  releases: number
  pendingReleases: number
}

export function worldOf(platform: Platform, app: AppState): World {
  const release = currentRelease(app)
  const images = release?.images ?? {}
  return {
    maintenance: app.maintenance,
    stack: app.stack,
    formation: Object.fromEntries(
      sorted(Object.entries(app.formation)).map(([type, {quantity, size}]) => [
        type,
        {quantity, size, image: images[type] ?? null},
      ]),
    ),
    images: Object.fromEntries(sorted(Object.entries(images))),
    configVars: hashOf(release?.configVars ?? {}),
    features: Object.keys(app.features)
      .filter((name) => app.features[name])
      .sort(),
    dynos: platform
      .dynos(app)
      .listed()
      .map(({name, state, type, release: of}) => ({name, state, code: of.images[type] ?? of.images.web ?? null}))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    releases: app.releases.length,
    pendingReleases: app.releases.filter(({status}) => status === 'pending').length,
  }
}

/** Waits until nothing is on its way any more. @throws Error with the world as it is, after `ms` */
export async function settledWorld(platform: Platform, app: AppState, ms: number): Promise<World> {
  for (const deadline = Date.now() + ms; ; await sleep(10)) {
    const world = worldOf(platform, app)
    const wanted = Object.entries(world.formation)
      .filter(([type, {image}]) => image && type !== 'release')
      .reduce((sum, [, {quantity}]) => sum + quantity, 0)
    const standing = world.dynos.filter(({name, state}) => state !== 'starting' && isOfFormation(world, name))
    if (world.pendingReleases === 0 && standing.length === wanted) return world
    if (Date.now() > deadline) throw new Error(`${app.name} has not settled: ${JSON.stringify(world)}`)
  }
}

function isOfFormation({formation}: World, name: string): boolean {
  const [type = '', number] = name.split('.')
  return Number(number) <= (formation[type]?.quantity ?? 0)
}

const sorted = <T>(entries: Array<[string, T]>): Array<[string, T]> => entries.toSorted(([a], [b]) => (a < b ? -1 : 1))

const hashOf = (vars: Record<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(Object.entries(vars))))
    .digest('hex')
    .slice(0, 12)
