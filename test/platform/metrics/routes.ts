import {route, type Ask} from '../api/route.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {badRequest, bucketsOf, type Buckets} from './buckets.js'
import {memoryData} from './memory.js'
import {monitorRoutes} from './monitors.js'

/** Of `api.metrics.heroku.com` (platform-facts §3.3, §8.7); here on the API's own port. It counts against no rate limit. */
export const metricsRoutes = [
  ...monitorRoutes,
  route(
    'GET',
    '/apps/:app/formation/:type/metrics/memory',
    (ask) => {
      const {app, size} = processOf(ask)
      const now = Date.now()
      const buckets = bucketsOf(ask.query, size, now)
      const curve = app && ask.platform.knobs(app.name).memoryCurves[ask.params.type ?? '']
      const data = app && curve && size !== 'Eco' ? memoryData(curve, size, buckets, now, app.releases) : {}
      return {body: answer(buckets, data)}
    },
    {free: true},
  ),
  // The stock CLI's apps:errors adds these up; nothing is counted here.
  route(
    'GET',
    '/apps/:app/formation/:type/metrics/errors',
    (ask) => ({body: answer(bucketsOf(ask.query, processOf(ask).size, Date.now()), {})}),
    {free: true},
  ),
  route(
    'GET',
    '/apps/:app/router-metrics/errors',
    (ask) => ({body: answer(bucketsOf(ask.query, '', Date.now()), {})}),
    {free: true},
  ),
]

/** What the metrics host answers, and the API does not. */
export const isMetricsPath = (pathname: string): boolean =>
  /^\/apps\/[^/]+\/(formation\/[^/]+\/(monitors|metrics)|router-metrics)(\/|$)/.test(pathname)

/**
 * An app that is named and not identified has no data; `process_type` is asked for beside the type in the path
 * (platform-facts §8.7). @throws ApiError 400 for an unknown or missing process type
 */
function processOf({params, platform, query}: Ask): {app: AppState | undefined; size: string} {
  const app = platform.state.apps.find(({id}) => id === params.app)
  const type = query.get('process_type') ?? ''
  const isKnown = !app || type in {...currentRelease(app)?.images, ...app.formation}
  if (!type || !isKnown) throw badRequest(`invalid process_type provided: ${type}`)
  return {app, size: app?.formation[type]?.size ?? 'Standard-1X'}
}

const answer = ({bucketMs, end, start}: Buckets, data: object) => ({
  start_time: new Date(start).toISOString(),
  end_time: new Date(end).toISOString(),
  step: bucketMs / 60_000,
  data,
})
