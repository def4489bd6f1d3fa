import {ApiError, invalidParams, notFound} from '../api/errors.js'
import {route, type Ask} from '../api/route.js'
import {lookAtWeb} from '../formation/autoscaler.js'
import {newId} from '../state/ids.js'
import type {AppState, MonitorState} from '../state/types.js'

/** The autoscaling of web, by an app's id only; a monitor is never deleted (platform-facts §3.3). */
export const monitorRoutes = [
  route('GET', '/apps/:app/formation/:type/monitors', (ask) => ({body: monitorsOf(appById(ask), ask)}), {free: true}),
  route('GET', '/apps/:app/formation/:type/monitors/:id', (ask) => ({body: monitorOf(appById(ask), ask)}), {
    free: true,
  }),
  route(
    'POST',
    '/apps/:app/formation/:type/monitors',
    (ask) => {
      const app = appById(ask)
      checkSize(app, ask)
      if (monitorsOf(app, ask).length > 0) throw new ApiError(409, 'conflict', 'Monitor already exists.')
      const monitor = checked({...newMonitor(app, ask), ...wishOf(ask)})
      app.monitors = [...(app.monitors ?? []), monitor]
      return {status: 201, body: took(ask, app, monitor)}
    },
    {free: true},
  ),
  // 202, as terraform-provider-herokux insists.
  route(
    'PATCH',
    '/apps/:app/formation/:type/monitors/:id',
    (ask) => {
      const app = appById(ask)
      const monitor = monitorOf(app, ask)
      if (ask.body.is_active === true) checkSize(app, ask)
      return {status: 202, body: took(ask, app, Object.assign(monitor, checked({...monitor, ...wishOf(ask)})))}
    },
    {free: true},
  ),
]

function took({platform}: Ask, app: AppState, monitor: MonitorState): MonitorState {
  if (monitor.is_active) lookAtWeb(platform, app, app.formation.web?.quantity ?? 0)
  platform.changed()
  return monitor
}

/** By id, never by name. @throws ApiError 404, 403 when the knob takes the access away */
function appById({platform, params}: Ask): AppState {
  const app = platform.state.apps.find(({id}) => id === params.app)
  if (!app) throw notFound('app')
  if (platform.knobs(app.name).forbidden) throw new ApiError(403, 'forbidden', 'Forbidden')
  return app
}

const monitorsOf = (app: AppState, {params}: Ask): MonitorState[] =>
  (app.monitors ?? []).filter((one) => one.process_type === params.type)

function monitorOf(app: AppState, ask: Ask): MonitorState {
  const monitor = monitorsOf(app, ask).find(({id}) => id === ask.params.id)
  if (!monitor) throw notFound('monitor')
  return monitor
}

/** Performance, Private and Shield web dynos of Cedar only (platform-facts §3.3). @throws ApiError 403; the words are ours */
function checkSize(app: AppState, {params}: Ask): void {
  const size = app.formation[params.type ?? '']?.size ?? ''
  if (params.type === 'web' && app.generation === 'cedar' && /^(performance|private|shield)-/i.test(size)) return
  throw new ApiError(403, 'forbidden', 'Autoscaling is not available for this dyno type.')
}

const fields = {
  action_type: 'string',
  name: 'string',
  is_active: 'boolean',
  min_quantity: 'number',
  max_quantity: 'number',
  value: 'number',
  op: 'string',
  period: 'number',
  notification_period: 'number',
} as const

/** What the body sets of a monitor. @throws ApiError 422 for a field of another type */
function wishOf({body}: Ask): Partial<MonitorState> {
  const wish: Record<string, unknown> = {}
  for (const [field, type] of Object.entries(fields)) {
    if (body[field] === undefined) continue
    if (typeof body[field] !== type) throw invalidParams(`${field} must be a ${type}.`)
    wish[field] = body[field]
  }

  const channels = body.notification_channels
  if (channels !== undefined) wish.notification_channels = Array.isArray(channels) ? channels.map(String) : []
  return wish
}

function newMonitor(app: AppState, {params}: Ask): MonitorState {
  return {
    id: newId(),
    app_id: app.id,
    process_type: params.type ?? '',
    action_type: 'scale',
    name: 'LATENCY_SCALE',
    is_active: true,
    min_quantity: 1,
    max_quantity: 2,
    value: 1000,
    op: 'GREATER_OR_EQUAL',
    period: 1,
    notification_period: 1440,
    notification_channels: [],
  }
}

/** @throws ApiError 422 for limits that cannot be; the words are ours */
function checked(monitor: MonitorState): MonitorState {
  const {max_quantity: max, min_quantity: min} = monitor
  if (min < 1 || max < min) throw invalidParams('min_quantity must be at least 1 and max_quantity not below it.')
  return monitor
}
