import {ApiError, notFound} from '../api/errors.js'
import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState, ReleaseState} from '../state/types.js'
import {hasCode, hasExpired} from './eligible.js'
import {createRelease} from './engine.js'

/**
 * A new release with the images and config vars of an old one; not its add-ons, not its data (platform-facts §1.10).
 * @throws ApiError 404 for an unknown release, 422 for one that cannot come back
 */
export function rollback(platform: Platform, app: AppState, id: string): ReleaseState {
  const target = app.releases.find((release) => release.id === id)
  if (!target) throw notFound('release')
  const refused = refusal(platform, app, target)
  if (refused) throw new ApiError(422, 'invalid_params', refused)
  app.configVars = {...target.configVars}
  const description = `Rollback to v${target.version}`
  return createRelease(platform, app, {
    description,
    images: {...target.images},
    commands: {...target.commands},
    says: description,
  })
}

function refusal(platform: Platform, app: AppState, target: ReleaseState): string | undefined {
  const name = `v${target.version}`
  if (hasExpired(platform, app, target)) return `Cannot roll back to ${name}: the release has expired.`
  if (target.status !== 'succeeded') return `Cannot roll back to ${name}: the release did not succeed.`
  if (!hasCode(target)) return `Cannot roll back to ${name}: the release has nothing to run.`
  const plans = (release: ReleaseState | undefined) => [...(release?.addonPlanNames ?? [])].sort().join(',')
  if (plans(target) !== plans(currentRelease(app))) return `Cannot roll back to ${name}: add-ons have changed since.`
}
