import type {Platform} from '../platform.js'
import {isExpired} from '../state/new-app.js'
import type {AppState, ReleaseState} from '../state/types.js'

export const hasExpired = (platform: Platform, app: AppState, release: ReleaseState): boolean =>
  isExpired(app, release) || (platform.knobs(app.name).releasesExpired && release.version !== app.currentVersion)

/** It succeeded, still exists, and has something to run (platform-facts §1.10). */
export const canRollBackTo = (platform: Platform, app: AppState, release: ReleaseState): boolean =>
  release.status === 'succeeded' && !hasExpired(platform, app, release) && hasCode(release)

export const hasCode = (release: ReleaseState): boolean =>
  release.slug !== null || Object.keys(release.images).length > 0
