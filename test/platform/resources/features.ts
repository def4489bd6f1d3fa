import type {AppFeature} from '@heroku-cli/schema'
import {invalidParams, notFound} from '../api/errors.js'
import {route, type Ask} from '../api/route.js'
import {idOf} from '../state/ids.js'
import type {AppState} from '../state/types.js'
import {appOf} from './find.js'

const features: Record<string, {title: string; description: string}> = {
  preboot: {title: 'Preboot', description: 'Provide seamless web dyno deploys'},
  'log-runtime-metrics': {
    title: 'Log Runtime Metrics',
    description: 'Emit dyno resource usage information into app logs',
  },
  'http-session-affinity': {title: 'Session Affinity', description: 'Enable session affinity for all requests'},
  'runtime-dyno-metadata': {title: 'Dyno Metadata', description: 'Dyno metadata'},
}

export const featureRoutes = [
  route('GET', '/apps/:app/features', (ask) => {
    const app = appOf(ask)
    return {list: Object.keys(features).map((name) => presentFeature(app, name)), fields: ['name', 'id']}
  }),
  route('GET', '/apps/:app/features/:feature', (ask) => ({body: presentFeature(appOf(ask), nameOf(ask))})),
  // Neither a release nor a restart (platform-facts §3.4, §8.3).
  route('PATCH', '/apps/:app/features/:feature', (ask) => {
    const app = appOf(ask)
    const name = nameOf(ask)
    const {enabled} = ask.body
    if (typeof enabled !== 'boolean') throw invalidParams('Enabled must be a boolean.')
    app.features[name] = enabled
    ask.platform.changed()
    return {body: presentFeature(app, name)}
  }),
]

function nameOf({params}: Ask): string {
  const wish = params.feature ?? ''
  const name = Object.keys(features).find((one) => one === wish || idOf('feature', one) === wish)
  if (!name) throw notFound('app feature')
  return name
}

function presentFeature(app: AppState, name: string): AppFeature {
  return {
    created_at: app.createdAt,
    description: features[name]?.description ?? '',
    doc_url: `https://devcenter.heroku.com/articles/${name}`,
    enabled: app.features[name] ?? false,
    id: idOf('feature', name),
    name,
    state: 'general',
    updated_at: app.updatedAt,
    display_name: features[name]?.title ?? name,
    feedback_email: 'feedback@example.com',
  }
}
