import type {Release} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {route} from '../api/route.js'
import {ApiError} from '../api/errors.js'
import type {Platform} from '../platform.js'
import {rollback} from '../releases/rollback.js'
import {canRollBackTo, hasExpired} from '../releases/eligible.js'
import {idOf} from '../state/ids.js'
import type {AppState, ReleaseState} from '../state/types.js'
import {appOf, appRef, releaseOf} from './find.js'

export const releaseRoutes = [
  route('GET', '/apps/:app/releases', (ask) => {
    const app = appOf(ask)
    const list = app.releases.map((release) => presentRelease(ask.platform, app, release, ask.variant))
    return {list, fields: ['version', 'id', 'created_at']}
  }),
  route('GET', '/apps/:app/releases/:release', (ask) => {
    const app = appOf(ask)
    return {body: presentRelease(ask.platform, app, releaseOf(app, ask.params.release ?? ''), ask.variant)}
  }),
  route('GET', '/apps/:app/releases/:release/config-vars', (ask) => ({
    body: releaseOf(appOf(ask), ask.params.release ?? '').configVars,
  })),
  route('POST', '/apps/:app/releases', (ask) => {
    const app = appOf(ask)
    if (ask.body.slug) throw new ApiError(422, 'invalid_params', 'The local Heroku has no slugs.')
    const release = rollback(ask.platform, app, String(ask.body.release ?? ''))
    return {status: 201, body: presentRelease(ask.platform, app, release, ask.variant)}
  }),
]

/** `expired`, `eligible_for_rollback` and `artifacts` belong to 3.sdk (platform-facts §1.7); plain 3 keeps the old status. */
function presentRelease(platform: Platform, app: AppState, release: ReleaseState, variant: Variant): Release {
  const expired = hasExpired(platform, app, release)
  const body: Release = {
    addon_plan_names: release.addonPlanNames,
    app: appRef(app),
    created_at: release.createdAt,
    description: release.description,
    id: release.id,
    updated_at: release.updatedAt,
    slug: release.slug ? {id: release.slug} : null,
    status: release.status,
    user: {id: platform.state.account.id, email: release.user},
    version: release.version,
    current: release.version === app.currentVersion,
    output_stream_url: release.streamId ? `${platform.url}/streams/${release.streamId}` : null,
  }
  if (variant !== '3.sdk') return body
  return {
    ...body,
    status: (expired ? 'expired' : release.status) as NonNullable<Release['status']>,
    artifacts: Object.values(release.images).map((image) => ({type: 'oci-image', id: idOf('image', image)})),
    eligible_for_rollback: canRollBackTo(platform, app, release),
  }
}
