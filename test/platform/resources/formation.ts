import type {Formation} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import {updateFormation, type FormationUpdate} from '../formation/update.js'
import type {Platform} from '../platform.js'
import {commandFor} from '../formation/launch.js'
import {idOf} from '../state/ids.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {appOf, appRef} from './find.js'

export const formationRoutes = [
  route('GET', '/apps/:app/formation', (ask) => {
    const app = appOf(ask)
    return {
      list: typesOf(app).map((type) => presentFormation(ask.platform, app, type, ask.variant)),
      fields: ['type', 'id'],
    }
  }),
  route('GET', '/apps/:app/formation/:type', (ask) => {
    const app = appOf(ask)
    const type = typesOf(app).find((one) => one === ask.params.type || app.formation[one]?.id === ask.params.type)
    if (!type) throw notFound('formation', `Couldn't find that process type (${ask.params.type}).`)
    return {body: presentFormation(ask.platform, app, type, ask.variant)}
  }),
  route('PATCH', '/apps/:app/formation', (ask) => {
    const app = appOf(ask)
    const {types, images, warning} = updateFormation(ask.platform, app, ask.body.updates, ask.variant)
    return {
      body: types.map((type) => presentFormation(ask.platform, app, type, ask.variant, images[type])),
      ...(warning && {headers: {'X-Heroku-Warning': warning}}),
    }
  }),
  route('PATCH', '/apps/:app/formation/:type', (ask) => {
    const app = appOf(ask)
    const type = ask.params.type ?? ''
    const update = {...(ask.body as FormationUpdate), type}
    const {images, warning} = updateFormation(ask.platform, app, [update], ask.variant)
    return {
      body: presentFormation(ask.platform, app, type, ask.variant, images[type]),
      ...(warning && {headers: {'X-Heroku-Warning': warning}}),
    }
  }),
]

/** The process types of the current release; an app that has no image yet shows what was asked for it. */
function typesOf(app: AppState): string[] {
  const images = Object.keys(currentRelease(app)?.images ?? {})
  return Object.keys(app.formation).filter((type) => images.length === 0 || images.includes(type))
}

/** `docker_image` appears with the docker-releases variant only (platform-facts §1.6). */
function presentFormation(
  platform: Platform,
  app: AppState,
  type: string,
  variant: Variant,
  requested?: string,
): Formation {
  const entry = app.formation[type]
  const release = currentRelease(app)
  const image = requested ?? release?.images[type]
  const size = entry?.size ?? 'Standard-1X'
  return {
    app: appRef(app),
    command: release ? commandFor(platform, release, type) : '',
    created_at: entry?.createdAt ?? app.createdAt,
    id: entry?.id ?? idOf(`formation:${app.id}`, type),
    quantity: entry?.quantity ?? 0,
    size,
    type,
    updated_at: entry?.updatedAt ?? app.updatedAt,
    ...(variant === '3.sdk' && {dyno_size: {id: idOf('dyno-size', size), name: size}}),
    ...(variant === '3.docker-releases' && {docker_image: image ? {id: image} : null}),
  }
}
