import type {AddOnAttachment} from '@heroku-cli/schema'
import {notFound} from '../api/errors.js'
import {route, type Ask} from '../api/route.js'
import {findApp} from '../platform.js'
import type {AttachmentState} from '../state/types.js'
import {addonOf, planRef} from './addons.js'
import {appOf, appRef} from './find.js'

const fields = ['id', 'name']

export const attachmentRoutes = [
  route('GET', '/addon-attachments', (ask) => ({
    list: ask.platform.state.attachments.map((one) => presentAttachment(ask, one)),
    fields,
  })),
  route('GET', '/addons/:addon/addon-attachments', (ask) => {
    const {id} = addonOf(ask)
    const own = ask.platform.state.attachments.filter((one) => one.addonId === id)
    return {list: own.map((one) => presentAttachment(ask, one)), fields}
  }),
  route('GET', '/addons/:addon/addon-attachments', (ask) => {
    const own = ask.platform.state.attachments.filter((one) => one.addonId === ask.params.addon)
    return {list: own.map((one) => presentAttachment(ask, one)), fields}
  }),
  route('GET', '/apps/:app/addon-attachments', (ask) => {
    const app = appOf(ask)
    const own = ask.platform.state.attachments.filter((one) => one.appId === app.id)
    return {list: own.map((one) => presentAttachment(ask, one)), fields}
  }),
  route('GET', '/apps/:app/addon-attachments/:attachment', (ask) => {
    const app = appOf(ask)
    const wish = ask.params.attachment
    const found = ask.platform.state.attachments.find(
      (one) => one.appId === app.id && (one.id === wish || one.name === wish),
    )
    if (!found) throw notFound('add_on attachment')
    return {body: presentAttachment(ask, found)}
  }),
  // By the attachment's name, by the config var it sets, or by the add-on's name (platform-facts §6.2).
  route('POST', '/actions/addon-attachments/resolve', (ask) => {
    const {app: appName, addon_attachment: wish, addon_service: service} = ask.body
    const {state} = ask.platform
    const app = appName === undefined ? undefined : findApp(state, String(appName))
    if (appName !== undefined && !app) throw notFound('app')
    const name = String(wish).replace(/_URL$/, '')
    const found = state.attachments.filter((one) => {
      const addon = state.addons.find(({id}) => id === one.addonId)
      if (app && one.appId !== app.id) return false
      if (service !== undefined && addon?.service !== service) return false
      return one.id === wish || one.name === name || addon?.name === wish || addon?.id === wish
    })
    if (found.length === 0) throw notFound('add_on attachment', "Couldn't find that add on attachment.")
    return {body: found.map((one) => presentAttachment(ask, one))}
  }),
]

/** `Accept-Inclusion: addon:plan,config_vars` adds what it names (platform-facts §6.2). */
function presentAttachment({platform: {state}, headers}: Ask, attachment: AttachmentState): AddOnAttachment {
  const addon = state.addons.find((one) => one.id === attachment.addonId)
  const app = state.apps.find((one) => one.id === attachment.appId)
  const billing = state.apps.find((one) => one.id === addon?.appId)
  const included = headers['accept-inclusion']?.toString() ?? ''
  return {
    addon: {
      id: attachment.addonId,
      name: addon?.name ?? '',
      app: billing ? appRef(billing) : {},
      ...(included.includes('addon:plan') && {plan: planRef(addon?.plan ?? '')}),
    },
    app: app ? appRef(app) : {},
    created_at: attachment.createdAt,
    id: attachment.id,
    name: attachment.name,
    namespace: null,
    updated_at: attachment.createdAt,
    web_url: `https://addons-sso.heroku.com/apps/${attachment.appId}/addons/${attachment.addonId}`,
    log_input_url: null,
    ...(included.includes('config_vars') && {config_vars: [`${attachment.name}_URL`]}),
  }
}
