import {ApiError, invalidParams} from '../api/errors.js'
import {route, type Ask} from '../api/route.js'
import {appOf} from '../resources/find.js'
import type {AddonState} from '../state/types.js'
import {publicUrl} from './backup-files.js'
import {capture} from './capture.js'
import {databaseInfo} from './database-info.js'
import {databaseOf, takeOne, transferOf} from './find.js'
import {extensionName, restore} from './restore.js'
import {scheduleRoutes} from './schedules.js'
import {deleteTransfer, listedTransfers, newTransfer, presentTransfer} from './transfers.js'

/** The Data API (platform-facts §6.3). */
export const dataRoutes = [
  route('GET', '/client/v11/databases/:database', async (ask) => ({body: await databaseInfo(databaseOf(ask))})),
  route('GET', '/client/v11/databases/:database/wait_status', (ask) => {
    const addon = databaseOf(ask)
    const app = ask.platform.state.apps.find(({id}) => id === addon.appId)
    const waiting = takeOne(ask.platform, app?.name ?? '', 'databaseWaits')
    return {body: {'waiting?': waiting, message: waiting ? 'preparing (0% completed)' : 'available', 'error?': false}}
  }),
  route('POST', '/client/v11/databases/:database/backups', ({platform, ...ask}) => {
    const addon = idleDatabase({platform, ...ask})
    const transfer = newTransfer(platform, addon, {kind: 'backup'})
    const body = presentTransfer(platform, transfer)
    platform.transfers.start(platform, addon, transfer, capture)
    return {status: 201, body}
  }),
  route('POST', '/client/v11/databases/:database/restores', ({platform, ...ask}) => {
    const {backup_url: backupUrl, extensions} = ask.body
    const wishes = (extensions ?? []) as string[]
    if (typeof backupUrl !== 'string' || !URL.canParse(backupUrl)) throw invalidParams('Invalid backup_url.')
    if (!wishes.every((wish) => extensionName.test(wish))) throw invalidParams('Invalid extensions.')
    const addon = idleDatabase({platform, ...ask})
    const transfer = newTransfer(platform, addon, {kind: 'restore', backupUrl})
    const body = presentTransfer(platform, transfer)
    platform.transfers.start(platform, addon, transfer, (work) => restore(work, wishes))
    return {status: 201, body}
  }),
  route('GET', '/client/v11/apps/:app/transfers', (ask) => ({
    body: listedTransfers(ask.platform, appOf(ask).id).map((one) => presentTransfer(ask.platform, one)),
  })),
  route('GET', '/client/v11/apps/:app/transfers/:transfer', (ask) => {
    if (takeOne(ask.platform, appOf(ask).name, 'transferPollErrors')) {
      throw new ApiError(503, 'service_unavailable', 'Service temporarily unavailable.')
    }

    return {body: presentTransfer(ask.platform, transferOf(ask), {verbose: ask.query.get('verbose') === 'true'})}
  }),
  route('DELETE', '/client/v11/apps/:app/transfers/:transfer', async (ask) => {
    const transfer = transferOf(ask)
    if (!transfer.finishedAt) await ask.platform.transfers.cancel(transfer)
    await deleteTransfer(ask.platform, transfer)
    ask.platform.changed()
    return {body: presentTransfer(ask.platform, transfer)}
  }),
  route('POST', '/client/v11/apps/:app/transfers/:transfer/actions/cancel', async (ask) => {
    const transfer = transferOf(ask)
    if (transfer.finishedAt) throw invalidParams('The transfer has finished.')
    await ask.platform.transfers.cancel(transfer)
    return {body: presentTransfer(ask.platform, transfer)}
  }),
  route('POST', '/client/v11/apps/:app/transfers/:transfer/actions/public-url', (ask) => {
    const transfer = transferOf(ask)
    if (transfer.kind !== 'backup' || !transfer.succeeded) throw invalidParams('The transfer is no finished backup.')
    const {expiresAt, url} = publicUrl(ask.platform, transfer.uuid)
    return {status: 201, body: {expires_at: expiresAt, url}}
  }),
  ...scheduleRoutes,
]

/** @throws ApiError 404, and 409 while a transfer of this database is unfinished */
function idleDatabase(ask: Ask): AddonState {
  const addon = databaseOf(ask)
  const {transfers} = ask.platform.state
  if (transfers.some((one) => one.addonId === addon.id && !one.finishedAt && !one.deletedAt)) {
    throw new ApiError(409, 'conflict', 'A transfer is currently in progress.')
  }

  return addon
}
