import {ApiError, notFound} from '../api/errors.js'
import type {Ask} from '../api/route.js'
import {findApp} from '../platform.js'
import type {AppState, ReleaseState} from '../state/types.js'

/** The app in the path. @throws ApiError 404, or 403 when the knob takes the access away */
export function appOf({platform, params}: Ask): AppState {
  const app = findApp(platform.state, params.app ?? '')
  if (!app) throw notFound('app')
  if (platform.knobs(app.name).forbidden) {
    throw new ApiError(403, 'forbidden', `You do not have access to the app ${app.name}.`)
  }

  return app
}

/** The release in the path, by id or version. @throws ApiError 404 */
export function releaseOf(app: AppState, idOrVersion: string): ReleaseState {
  const release = app.releases.find((one) => one.id === idOrVersion || String(one.version) === idOrVersion)
  if (!release) throw notFound('release')
  return release
}

export const appRef = ({id, name}: AppState): {id: string; name: string} => ({id, name})
