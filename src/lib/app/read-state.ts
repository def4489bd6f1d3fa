import type {Dyno, Platform, ProcessType, Release} from '../heroku/types.js'
import {expectedDynos} from './dyno-health.js'
import type {AppState} from './state.js'
import {findCurrent} from './find-release.js'

/** Reads what is true of an app now: four reads in parallel. `releases` are the newest, for whoever wants to look closer. */
export async function readState(platform: Platform, app: string): Promise<AppState & {releases: Release[]}> {
  const [{maintenance}, formation, dynos, releases] = await Promise.all([
    platform.app(app),
    platform.formation(app),
    platform.dynos(app),
    platform.newestReleases(app, 25),
  ])
  const current = findCurrent(releases)
  return {
    maintenance,
    formation,
    current: current ? {id: current.id, version: current.version, description: current.description} : null,
    newest: Math.max(0, ...releases.map(({version}) => version)),
    releases,
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
