import type {AddOn} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {notFound} from '../api/errors.js'
import {route, type Ask} from '../api/route.js'
import {planNamed} from '../addons/catalog.js'
import {deprovision, provision} from '../addons/provision.js'
import {findApp} from '../platform.js'
import {idOf} from '../state/ids.js'
import type {AddonState} from '../state/types.js'
import {appOf} from './find.js'

const fields = ['id', 'name']

export const addonRoutes = [
  route('GET', '/addons', (ask) => ({list: ask.platform.state.addons.map((addon) => present(ask, addon)), fields})),
  route('GET', '/addons/:addon', (ask) => ({body: present(ask, addonOf(ask))})),
  route('GET', '/apps/:app/addons', (ask) => {
    const app = appOf(ask)
    return {
      list: ask.platform.state.addons.filter((one) => one.appId === app.id).map((one) => present(ask, one)),
      fields,
    }
  }),
  route('GET', '/apps/:app/addons/:addon', (ask) => {
    appOf(ask)
    return {body: present(ask, addonOf(ask))}
  }),
  // By its own name, or within the app by an attachment's or the service's.
  route('POST', '/actions/addons/resolve', (ask) => {
    const {addon: wish, addon_service: service, app: appName} = ask.body
    const {state} = ask.platform
    const app = appName ? findApp(state, String(appName)) : undefined
    if (appName && !app) throw notFound('app')
    const attached = state.attachments.filter((one) => app && one.appId === app.id && one.name === wish)
    const found = state.addons.filter((one) => {
      if (service && one.service !== service) return false
      if (attached.some(({addonId}) => addonId === one.id) || one.id === wish || one.name === wish) return true
      return one.appId === app?.id && one.service === wish
    })
    if (found.length === 0) throw notFound('add_on', "Couldn't find that add-on.")
    return {body: found.map((one) => present(ask, one))}
  }),
  route('POST', '/apps/:app/addons', async (ask) => {
    const app = appOf(ask)
    const {name} = (ask.body.attachment ?? {}) as {name?: string}
    // The schema wants the name; the stock CLI sends an object with it.
    const {plan} = ask.body as {plan?: string | {name: string}}
    const planName = typeof plan === 'object' ? plan.name : (plan ?? '')
    const addon = await provision(ask.platform, app, planName, name)
    if (!addon) throw notFound('plan', "Couldn't find either the add-on service or the add-on plan.")
    return {status: 201, body: present(ask, addon)}
  }),
  route('DELETE', '/apps/:app/addons/:addon', (ask) => {
    const app = appOf(ask)
    const addon = addonOf(ask)
    const body: AddOn = {...present(ask, addon), state: 'deprovisioned' as never}
    deprovision(ask.platform, app, addon)
    return {body}
  }),
]

export function addonOf({platform, params}: Ask): AddonState {
  const addon = platform.state.addons.find((one) => one.id === params.addon || one.name === params.addon)
  if (!addon) throw notFound('add_on', "Couldn't find that add-on.")
  return addon
}

function present(ask: Ask, addon: AddonState): AddOn {
  const expands = (part: string) => (ask.headers['accept-expansion']?.toString() ?? '').split(',').includes(part)
  return presentAddon(ask, addon, ask.variant, expands)
}

function presentAddon(
  {platform: {state}}: Ask,
  addon: AddonState,
  variant: Variant,
  expands: (part: string) => boolean,
): AddOn {
  const app = state.apps.find((one) => one.id === addon.appId)
  const identity = {id: addon.appId, name: app?.name ?? ''}
  const {cents = 0, service} = planNamed(addon.plan) ?? {}
  const price = {cents, contract: false, unit: 'month'}
  const serviceRef = {id: idOf('service', addon.service), name: addon.service}
  return {
    actions: [] as never,
    addon_service: expands('addon_service') ? {...serviceRef, human_name: service?.title ?? ''} : serviceRef,
    app: identity,
    billed_price: price,
    billing_entity: {...identity, type: 'app'},
    config_vars: addon.configVars as never,
    created_at: addon.createdAt,
    id: addon.id,
    name: addon.name,
    plan: expands('plan') ? {...planRef(addon.plan), price} : planRef(addon.plan),
    provider_id: addon.id,
    ...(variant === '3.sdk' && {provision_message: ''}),
    state: 'provisioned',
    updated_at: addon.createdAt,
    web_url: `https://addons-sso.heroku.com/apps/${addon.appId}/addons/${addon.id}`,
  }
}

export const planRef = (plan: string): {id: string; name: string} => ({id: idOf('plan', plan), name: plan})
