import {idOf, newId, now} from './ids.js'
import type {AppState, FormationState, ReleaseState} from './types.js'

export type AppOptions = {
  /** Default `container`. */
  stack?: string
  /** `cedar` (default) or `fir`. */
  generation?: string
  /** Quantities by process type; a size other than Standard-1X as `{quantity, size}`. */
  formation?: Record<string, number | {quantity: number; size: string}>
  configVars?: Record<string, string>
  maintenance?: boolean
  features?: Record<string, boolean>
  /** E-mail; default the account. */
  owner?: string
}

/** An app as `heroku create` leaves it: v1 "Initial release", v2 "Enable Logplex". */
export function newApp(name: string, owner: string, options: AppOptions = {}): AppState {
  const at = now()
  const stack = options.stack ?? 'container'
  const app: AppState = {
    id: newId(),
    name,
    createdAt: at,
    updatedAt: at,
    releasedAt: at,
    owner: options.owner ?? owner,
    region: 'us',
    stack,
    buildStack: stack,
    generation: options.generation ?? 'cedar',
    maintenance: options.maintenance ?? false,
    configVars: {...options.configVars},
    formation: {},
    releases: [],
    currentVersion: 2,
    features: {...options.features},
  }
  app.releases = ['Initial release', 'Enable Logplex'].map((description, index) =>
    newRelease(app, owner, {description, version: index + 1}),
  )
  setFormation(app, options.formation ?? {})
  return app
}

export function setFormation(app: AppState, formation: NonNullable<AppOptions['formation']>): void {
  for (const [type, wish] of Object.entries(formation)) {
    const {quantity, size} = typeof wish === 'number' ? {quantity: wish, size: undefined} : wish
    const entry = (app.formation[type] ??= newFormation(app, type, quantity))
    entry.quantity = quantity
    if (size) entry.size = size
  }
}

export function newFormation(app: AppState, type: string, quantity: number): FormationState {
  const at = now()
  return {id: idOf(`formation:${app.id}`, type), quantity, size: 'Standard-1X', createdAt: at, updatedAt: at}
}

/** A release that carries on what the current one has, except for what is given. */
export function newRelease(
  app: AppState,
  user: string,
  given: Partial<ReleaseState> & {description: string},
): ReleaseState {
  const at = now()
  const current = currentRelease(app)
  return {
    id: newId(),
    version: Math.max(0, ...app.releases.map((release) => release.version)) + 1,
    status: 'succeeded',
    expired: false,
    createdAt: at,
    updatedAt: at,
    user,
    images: {...current?.images},
    commands: {...current?.commands},
    configVars: {...app.configVars},
    addonPlanNames: [...(current?.addonPlanNames ?? [])],
    slug: null,
    ...given,
  }
}

export const currentRelease = (app: AppState): ReleaseState | undefined =>
  app.releases.find((release) => release.version === app.currentVersion)

const month = 30 * 24 * 60 * 60 * 1000

/** Older than 30 days and not among the 20 newest (platform-facts §1.10, CHG:3395). */
export function isExpired(app: AppState, release: ReleaseState): boolean {
  if (release.version === app.currentVersion) return false
  if (release.expired) return true
  const newer = app.releases.filter((other) => other.version > release.version).length
  return newer >= 20 && Date.now() - Date.parse(release.createdAt) > month
}
