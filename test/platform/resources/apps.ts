import {randomInt} from 'node:crypto'
import type {App} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {ApiError, invalidParams, notFound} from '../api/errors.js'
import {route, type Answer, type Ask} from '../api/route.js'
import {findApp, type Platform} from '../platform.js'
import {createApp, destroyApp} from '../state/create-app.js'
import {idOf, now} from '../state/ids.js'
import type {AppState} from '../state/types.js'
import {appOf} from './find.js'
import {defaultStack, regionNames, stacks} from './stacks.js'

export const appRoutes = [
  route('GET', '/apps', all),
  // Of any user: there is only one here.
  route('GET', '/users/:user/apps', all),
  route('POST', '/apps', async (ask) => {
    const {platform} = ask
    const {name = freeName(), region = 'us', stack = defaultStack} = ask.body
    if (!/^[a-z][\da-z-]{1,28}[\da-z]$/.test(String(name))) throw invalidParams(badName)
    if (findApp(platform.state, String(name))) throw invalidParams(`Name ${String(name)} is already taken`)
    if (!stacks.includes(String(stack))) throw notFound('stack')
    if (!regionNames.includes(String(region))) throw notFound('region')
    const app = await createApp(platform, String(name), {stack: String(stack)})
    app.region = String(region)
    return {status: 201, body: presentApp(platform, app, ask.variant)}
  }),
  route('DELETE', '/apps/:app', async (ask) => {
    const app = appOf(ask)
    const body = presentApp(ask.platform, app, ask.variant)
    await destroyApp(ask.platform, app)
    return {body}
  }),
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

const badName =
  'Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes.'

const freeName = (): string => `quiet-harbor-${randomInt(10_000, 100_000)}`

function all({platform, variant}: Ask): Answer {
  const list = platform.state.apps.map((app) => presentApp(platform, app, variant))
  return {list, fields: ['name', 'id', 'updated_at']}
}

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
