import {newFormation, newRelease} from '../state/new-app.js'
import {now} from '../state/ids.js'
import type {AppState, ReleaseState} from '../state/types.js'
import type {Platform} from '../platform.js'
import {runReleasePhase} from './phase.js'

export type NewRelease = {
  description: string
  images?: Record<string, string>
  commands?: Record<string, string>
  addonPlanNames?: string[]
  /** What `app[api]` says before "Release v5 created by user …". */
  says?: string
}

/**
 * A new release: deploy, config change, rollback and add-on all pass here (platform-facts §12). With a `release` image its
 * command runs first and the old release stays current until it has succeeded (platform-facts §1.8).
 */
export function createRelease(platform: Platform, app: AppState, {says, ...given}: NewRelease): ReleaseState {
  const user = platform.state.account.email
  const log = platform.log(app.name)
  const release = newRelease(app, user, given)
  app.releases.push(release)
  if (says) log.write('app', 'api', `${says} by user ${user}`)
  if (release.images.release) {
    release.status = 'pending'
    runReleasePhase(platform, app, release, (status) => {
      release.status = status
      release.updatedAt = now()
      if (status === 'succeeded') makeCurrent(platform, app, release)
      else log.write('app', 'api', `Release v${release.version} command failed by user ${user}`)
      platform.changed()
    })
  } else {
    makeCurrent(platform, app, release)
  }

  platform.changed()
  return release
}

/** The release runs: every type restarts, web gets its first dyno (platform-facts §1.6). */
function makeCurrent(platform: Platform, app: AppState, release: ReleaseState): void {
  const log = platform.log(app.name)
  log.write('app', 'api', `Release v${release.version} created by user ${release.user}`)
  if (release.version < app.currentVersion) return
  app.currentVersion = release.version
  app.releasedAt = release.updatedAt
  for (const type of Object.keys(release.images)) {
    if (app.formation[type]) continue
    const quantity = type === 'web' ? 1 : 0
    const entry = (app.formation[type] = newFormation(app, type, quantity))
    if (quantity > 0) log.write('app', 'api', `Scaled to ${type}@${quantity}:${entry.size} by user ${release.user}`)
  }

  platform.dynos(app).restartForRelease()
}
