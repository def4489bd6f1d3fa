import type {App} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {ApiError, invalidParams, notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import type {Platform} from '../platform.js'
import {idOf, now} from '../state/ids.js'
import type {AppState} from '../state/types.js'
import {appOf} from './find.js'

const stacks = ['container', 'heroku-22', 'heroku-24', 'cnb']

export const appRoutes = [
  route('GET', '/apps', ({platform, variant}) => ({
    list: platform.state.apps.map((app) => presentApp(platform, app, variant)),
    fields: ['name', 'id', 'updated_at'],
  })),
  route('GET', '/apps/:app', (ask) => ({body: presentApp(ask.platform, appOf(ask), ask.variant)})),
  // Neither a release nor a restart (platform-facts §4).
  route('PATCH', '/apps/:app', (ask) => {
    const app = appOf(ask)
    const {maintenance, build_stack: stack, name} = ask.body
    if (maintenance !== undefined && typeof maintenance !== 'boolean')
      throw invalidParams('Maintenance must be a boolean.')
    if (stack !== undefined && !stacks.includes(String(stack))) throw notFound('stack')
    if (name !== undefined) throw new ApiError(422, 'invalid_params', 'The local Heroku does not rename apps.')
    if (maintenance !== undefined) app.maintenance = maintenance
    if (stack !== undefined) app.buildStack = String(stack)
    app.updatedAt = now()
    ask.platform.changed()
    return {body: presentApp(ask.platform, app, ask.variant)}
  }),
]

function presentApp(platform: Platform, app: AppState, variant: Variant): App {
  const named = (kind: string, name: string) => ({id: idOf(kind, name), name})
  const team = /^(.+)@herokumanager\.com$/.exec(app.owner)?.[1]
  return {
    acm: false,
    archived_at: null,
    buildpack_provided_description: app.stack === 'container' ? 'Container' : null,
    build_stack: named('stack', app.buildStack),
    created_at: app.createdAt,
    git_url: `https://git.heroku.com/${app.name}.git`,
    id: app.id,
    internal_routing: null,
    maintenance: app.maintenance,
    name: app.name,
    owner: {id: ownerId(platform, app), email: app.owner},
    organization: team ? named('team', team) : null,
    team: team ? named('team', team) : null,
    region: named('region', app.region),
    released_at: app.releasedAt,
    repo_size: 0,
    slug_size: 0,
    space: null,
    stack: named('stack', app.stack),
    updated_at: app.updatedAt,
    web_url: `${platform.webUrl(app)}/`,
    ...(variant === '3.sdk' && {generation: named('generation', app.generation)}),
  }
}

const ownerId = ({state: {account}}: Platform, app: AppState): string =>
  app.owner === account.email ? account.id : idOf('account', app.owner)
