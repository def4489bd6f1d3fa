import {notFound} from '../api/errors.js'
import type {Ask} from '../api/route.js'
import type {Platform} from '../platform.js'
import {appOf} from '../resources/find.js'
import type {AddonState} from '../state/types.js'
import {listedTransfers} from './transfers.js'
import type {TransferState} from './types.js'

/** The database in the path, by the add-on's id or name. @throws ApiError 404, also while the knob says that it is not provisioned */
export function databaseOf({params, platform}: Ask): AddonState {
  const {addons, apps} = platform.state
  const addon = addons.find((one) => one.id === params.database || one.name === params.database)
  if (addon?.service !== 'heroku-postgresql') throw notFound('database')
  const app = apps.find(({id}) => id === addon.appId)
  if (app && takeOne(platform, app.name, 'databaseProvisioning')) throw notFound('database')
  return addon
}

/** The transfer in the path, by number or uuid. @throws ApiError 404 */
export function transferOf(ask: Ask): TransferState {
  const app = appOf(ask)
  const wish = ask.params.transfer
  const found = listedTransfers(ask.platform, app.id).find(({num, uuid}) => uuid === wish || String(num) === wish)
  if (!found) throw notFound('transfer')
  return found
}

/** Whether the knob, a number of times, was still above zero. */
export function takeOne(
  platform: Platform,
  app: string,
  knob: 'databaseProvisioning' | 'databaseWaits' | 'transferPollErrors',
): boolean {
  const knobs = platform.knobs(app)
  if (knobs[knob] <= 0) return false
  knobs[knob] -= 1
  return true
}
