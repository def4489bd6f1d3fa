import type {Domain} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {route} from '../api/route.js'
import {idOf} from '../state/ids.js'
import type {AppState} from '../state/types.js'
import {appOf, appRef} from './find.js'

/** An app has only the domain that Heroku gives it; here the host by which the router knows it. */
export const domainRoutes = [
  route('GET', '/apps/:app/domains', (ask) => ({
    list: [presentDomain(appOf(ask), ask.variant)],
    fields: ['hostname', 'id'],
  })),
  route('GET', '/apps/:app/buildpack-installations', (ask) => {
    appOf(ask)
    return {list: [], fields: ['ordinal']}
  }),
]

const presentDomain = (app: AppState, variant: Variant): Domain => ({
  acm_status: null,
  acm_status_reason: null,
  app: appRef(app),
  cname: null,
  created_at: app.createdAt,
  hostname: `${app.name}.localhost`,
  id: idOf('domain', app.id),
  kind: 'heroku',
  status: 'succeeded',
  updated_at: app.createdAt,
  ...(variant === '3.sdk' && {sni_endpoint: null}),
})
