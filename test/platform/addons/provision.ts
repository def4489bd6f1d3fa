import {createDatabase} from '../data/database.js'
import type {Platform} from '../platform.js'
import {createRelease} from '../releases/engine.js'
import {newId, now} from '../state/ids.js'
import {currentRelease} from '../state/new-app.js'
import type {AddonState, AppState} from '../state/types.js'
import {planNamed} from './catalog.js'

const adjectives = ['amber', 'calm', 'deep', 'fuzzy', 'quiet', 'round', 'sunny', 'vivid']

/**
 * Adds an add-on with its first attachment, and its config var when it has one; a release (platform-facts §12). Where the
 * platform has a PostgreSQL server, a Heroku Postgres is a database in it.
 * @returns undefined for a plan that does not exist
 */
export async function provision(
  platform: Platform,
  app: AppState,
  planName: string,
  attachment?: string,
): Promise<AddonState | undefined> {
  const found = planNamed(planName)
  if (!found) return undefined
  const {service, plan} = found
  const real = service.name === 'heroku-postgresql' && platform.postgresUrl
  const databaseUrl = real ? await createDatabase(real) : undefined
  const {state} = platform
  const id = newId()
  const at = now()
  const name = `${service.name.replace('heroku-', '')}-${adjectives[Number.parseInt(id.slice(0, 2), 16) % adjectives.length]}-${id.slice(0, 5)}`
  const attachmentName = attachment ?? freeName(platform, app, service.attachment)
  const url = databaseUrl ?? service.url(name)
  const addon: AddonState = {
    id,
    name,
    service: service.name,
    plan,
    appId: app.id,
    configVars: url ? [`${attachmentName}_URL`] : [],
    createdAt: at,
    ...(databaseUrl && {databaseUrl}),
  }
  state.addons.push(addon)
  state.attachments.push({id: newId(), name: attachmentName, addonId: id, appId: app.id, createdAt: at})
  if (url) app.configVars[`${attachmentName}_URL`] = url
  const description = `Attach ${attachmentName} (@ref:${name})`
  const addonPlanNames = [...(currentRelease(app)?.addonPlanNames ?? []), plan]
  createRelease(platform, app, {description, addonPlanNames, says: description})
  return addon
}

/** Takes an add-on, its attachments and their config vars away again. */
export function deprovision(platform: Platform, app: AppState, addon: AddonState): void {
  const {state} = platform
  for (const {name} of state.attachments.filter((one) => one.addonId === addon.id)) delete app.configVars[`${name}_URL`]
  state.attachments = state.attachments.filter((one) => one.addonId !== addon.id)
  state.addons = state.addons.filter((one) => one.id !== addon.id)
  const addonPlanNames = [...(currentRelease(app)?.addonPlanNames ?? [])]
  addonPlanNames.splice(addonPlanNames.indexOf(addon.plan), 1)
  const description = `Detach ${addon.configVars.map((name) => name.replace(/_URL$/, '')).join(', ')} (@ref:${addon.name})`
  createRelease(platform, app, {description, addonPlanNames, says: description})
}

/** DATABASE, then a colour, as the platform names a second database. */
function freeName({state}: Platform, app: AppState, wish: string): string {
  const taken = state.attachments.filter((one) => one.appId === app.id).map((one) => one.name)
  const colours = ['AMBER', 'AQUA', 'BLUE', 'CYAN', 'GRAY', 'GREEN', 'NAVY', 'ROSE']
  const names = [wish, ...colours.map((colour) => `HEROKU_${wish}_${colour}`)]
  return names.find((name) => !taken.includes(name)) ?? `${wish}_${taken.length}`
}
