import type {Dyno as DynoBody} from '@heroku-cli/schema'
import {ApiError, invalidParams, notFound} from '../api/errors.js'
import {route, type Ask} from '../api/route.js'
import type {Dyno} from '../formation/dyno.js'
import {createOneOff} from '../one-off/create.js'
import type {AppState} from '../state/types.js'
import {appOf, appRef} from './find.js'

const accepted = {status: 202, body: {}}

export const dynoRoutes = [
  route('GET', '/apps/:app/dynos', (ask) => {
    const app = appOf(ask)
    return {
      list: ask.platform
        .dynos(app)
        .listed()
        .map((dyno) => presentDyno(app, dyno)),
      fields: ['name', 'id'],
    }
  }),
  route('GET', '/apps/:app/dynos/:dyno', (ask) => {
    const app = appOf(ask)
    return {body: presentDyno(app, dynoOf(ask, app))}
  }),
  route('POST', '/apps/:app/dynos', (ask) => {
    const app = appOf(ask)
    const knobs = ask.platform.knobs(app.name)
    if (knobs.dynoConflicts > 0) {
      knobs.dynoConflicts -= 1
      throw new ApiError(409, 'conflict', 'Unable to run the process, please try again in a moment.')
    }

    return {status: 201, body: presentDyno(app, createOneOff(ask.platform, app, ask.body))}
  }),
  // One-off dynos are not restarted (platform-facts §5.4).
  route('DELETE', '/apps/:app/dynos', (ask) => {
    ask.platform.dynos(appOf(ask)).restart(() => true)
    return accepted
  }),
  route('DELETE', '/apps/:app/dynos/:dyno', (ask) => stopOne(ask)),
  route('DELETE', '/apps/:app/formations/:type', (ask) => restartType(ask)),
  route('POST', '/apps/:app/dynos/:dyno/actions/stop', (ask) => stopOne(ask)),
  route('POST', '/apps/:app/formations/:type/actions/stop', (ask) => stopType(ask)),
]

/** A `run` dyno ends, one of the formation starts again; `web` instead of `web.1` means all of that type. */
function stopOne(ask: Ask) {
  const app = appOf(ask)
  const dynos = ask.platform.dynos(app)
  if (app.formation[ask.params.dyno ?? '']) dynos.restart((dyno) => dyno.type === ask.params.dyno)
  else dynos.stop(dynoOf(ask, app))
  return accepted
}

/** `ps:stop --process-type run` ends all of these; one-off dynos of a type of the formation are left alone. */
function stopType(ask: Ask) {
  const app = appOf(ask)
  const {type = ''} = ask.params
  const dynos = ask.platform.dynos(app)
  const oneOffs = app.formation[type] ? [] : dynos.oneOffs().filter((dyno) => dyno.type === type)
  for (const dyno of oneOffs) dynos.stop(dyno)
  return oneOffs.length > 0 ? accepted : restartType(ask)
}

function restartType(ask: Ask) {
  const app = appOf(ask)
  const type = ask.params.type ?? ''
  if (ask.variant !== '3.sdk') throw invalidParams('Formations are restarted with version 3.sdk.')
  if (!app.formation[type]) throw notFound('formation', `Couldn't find that process type (${type}).`)
  ask.platform.dynos(app).restart((dyno) => dyno.type === type)
  return accepted
}

function dynoOf({platform, params}: Ask, app: AppState): Dyno {
  const dyno = platform.dynos(app).find(params.dyno ?? '')
  if (!dyno) throw notFound('dyno')
  return dyno
}

function presentDyno(app: AppState, dyno: Dyno): DynoBody {
  return {
    attach_url: dyno.attachUrl,
    command: dyno.command,
    created_at: dyno.createdAt,
    id: dyno.id,
    name: dyno.name,
    release: {id: dyno.release.id, version: dyno.release.version},
    app: appRef(app),
    size: dyno.size,
    // `complete` is a word of the log only (platform-facts §3.5).
    state: dyno.state === 'complete' ? 'down' : dyno.state,
    type: dyno.type,
    updated_at: dyno.updatedAt,
  }
}
