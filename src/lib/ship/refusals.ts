import type {App, Release} from '../heroku/types.js'
import type {AppState} from '../app/state.js'
import type {Reason} from '../app/refused.js'
import {stateReasons} from '../app/refusals.js'

/** Everything about the app that speaks against a ship; pure, so that the whole list can be read here. */
export function appReasons(
  app: App,
  state: AppState,
  releases: Release[],
  now: number,
  options: {keepMaintenance?: boolean} = {},
): {reasons: Reason[]; notes: string[]} {
  const {notes, reasons} = stateReasons(app.name, state, releases, {now, ...options})
  return {reasons: [...stackReasons(app), ...reasons], notes}
}

/** Whether the app takes images at all: Cedar, with the container stack (platform-facts §1.4, §1.11). */
export function stackReasons({buildStack, generation, name, stack}: App): Reason[] {
  if (generation === 'fir') {
    return [
      {message: `${name} is a Fir app: Fir has no container registry.`, fix: 'Deploy it with git push heroku main.'},
    ]
  }

  if (stack === 'container' || buildStack === 'container') return []
  return [
    {
      message: `${name} is not a Docker app: its stack is ${buildStack}.`,
      fix: `heroku stack:set container --app ${name}`,
    },
  ]
}

/**
 * Why a release can't be gone back to, for the case that ours is bad; undefined when it can (platform-facts §1.10). The target is
 * the release that is current now.
 */
export function noWayBack(state: AppState, releases: Release[]): string | undefined {
  const current = releases.find(({id}) => id === state.current?.id)
  if (!current) return 'it is the first release'
  if (current.slug) return `v${current.version} is a buildpack release, this one a container release`
  if (!state.formation.some(({image}) => image)) return `v${current.version} holds no image`
  if (current.status === 'expired' || current.eligibleForRollback === false) return `v${current.version} has expired`
  return undefined
}

/** Types that run now and are not part of this ship: they go on with yesterday's code. */
export function leftOutNotes(state: AppState, shipped: string[]): string[] {
  return state.formation
    .filter(({image, quantity, type}) => !shipped.includes(type) && quantity > 0 && image && type !== 'release')
    .map(
      ({quantity, type}) =>
        `${type} (${quantity} ${quantity === 1 ? 'dyno' : 'dynos'}) is not part of this ship: it goes on with the image it has.`,
    )
}

/** Types that no dyno runs yet: a new type starts at 0 (platform-facts §1.6; `web` alone is scaled to 1 by itself). */
export function notRunningNotes(state: AppState, shipped: string[], app: string): string[] {
  const quantities = new Map(state.formation.map(({quantity, type}) => [type, quantity]))
  return shipped
    .filter((type) => type !== 'release' && !(quantities.get(type) ?? (type === 'web' ? 1 : 0)))
    .map((type) => `${type} is scaled to 0; to run it: heroku ps:scale ${type}=1 --app ${app}`)
}
