import type {App, Dyno, Platform, ProcessType, Release} from '../heroku/types.js'
import {expectedDynos} from './dyno-health.js'
import type {AppState} from './state.js'
import {findCurrent} from './find-release.js'

/**
 * Reads what is true of an app now, in parallel. `releases` are the newest, for whoever wants to look closer, as at `dynos`.
 * @param app its name, or the app as it was read a moment ago
 */
export async function readState(
  platform: Platform,
  app: Pick<App, 'maintenance' | 'name'> | string,
): Promise<AppState & {releases: Release[]; dynos: Dyno[]}> {
  const name = typeof app === 'string' ? app : app.name
  const [{maintenance}, formation, dynos, releases] = await Promise.all([
    typeof app === 'string' ? platform.app(name) : app,
    platform.formation(name),
    platform.dynos(name),
    platform.newestReleases(name, 25),
  ])
  const current = findCurrent(releases)
  return {
    maintenance,
    formation,
    current: current ? {id: current.id, version: current.version, description: current.description} : null,
    newest: Math.max(0, ...releases.map(({version}) => version)),
    releases,
    dynos,
    ...dynoStates(formation, dynos),
  }
}

function dynoStates(formation: ProcessType[], dynos: Dyno[]): {notUp: string[]; crashed: string[]} {
  const byName = new Map(dynos.map((dyno) => [dyno.name, dyno.state]))
  const states = expectedDynos(formation).map((name) => ({name, state: byName.get(name) ?? 'not running'}))
  return {
    notUp: states.filter(({state}) => !['idle', 'up'].includes(state)).map(({name, state}) => `${name} is ${state}`),
    crashed: states.filter(({state}) => state === 'crashed').map(({name}) => name),
  }
}
