import type {Platform} from '../platform.js'
import {newApp, type AppOptions} from './new-app.js'
import type {AppState} from './types.js'

/** An app with an address of its own. */
export async function createApp(platform: Platform, name: string, options?: AppOptions): Promise<AppState> {
  const app = newApp(name, platform.state.account.email, options)
  platform.state.apps.push(app)
  await platform.listeners.open(platform, app)
  platform.changed()
  return app
}

/** Takes it away, with its add-ons; its processes are ended and waited for. Its images and its log stay in the memory. */
export async function destroyApp(platform: Platform, app: AppState): Promise<void> {
  const {state} = platform
  state.apps = state.apps.filter((one) => one !== app)
  const addons = new Set(state.addons.filter((one) => one.appId === app.id).map(({id}) => id))
  state.addons = state.addons.filter(({id}) => !addons.has(id))
  state.attachments = state.attachments.filter((one) => one.appId !== app.id && !addons.has(one.addonId))
  platform.changed()
  await Promise.all([platform.dynos(app).stopAll(2000), platform.listeners.closeOne(app)])
}
