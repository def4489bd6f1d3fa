import {findApp, type Platform} from '../platform.js'
import {newId} from '../state/ids.js'
import type {AddonState} from '../state/types.js'
import {backupUrl, removeBackup} from './backup-files.js'
import {attachmentName, planOf, resourceUrl} from './database.js'
import type {TransferState} from './types.js'

/** `2020-12-13 16:22:40 +0000`: the Data API writes no ISO 8601 (platform-facts §6.3). */
export const dataTime = (iso: string | null): string | null => iso && `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000`

/** A transfer that has not started. Backups are kept 2 on an essential plan and 25 on others, restores 5 (platform-facts §6.6). */
export function newTransfer(
  {state}: Platform,
  addon: AddonState,
  given: Pick<TransferState, 'kind'> & Partial<TransferState>,
): TransferState {
  const ofApp = state.transfers.filter((one) => one.appId === addon.appId)
  const keep = planOf(addon).startsWith('essential') ? 2 : 25
  const transfer: TransferState = {
    uuid: newId(),
    num: Math.max(0, ...ofApp.map(({num}) => num)) + 1,
    appId: addon.appId,
    addonId: addon.id,
    scheduleUuid: null,
    database: attachmentName(state, addon),
    backupUrl: null,
    sourceBytes: null,
    processedBytes: 0,
    succeeded: null,
    warnings: 0,
    createdAt: new Date().toISOString(),
    startedAt: null,
    canceledAt: null,
    updatedAt: null,
    finishedAt: null,
    deletedAt: null,
    purgedAt: null,
    numKeep: given.kind === 'backup' ? keep : 5,
    logs: [],
    ...given,
  }
  state.transfers.push(transfer)
  return transfer
}

/** The transfer as the API shows it; its URLs hold credentials. `verbose` adds the logs. */
export function presentTransfer(platform: Platform, transfer: TransferState, {verbose = false} = {}): object {
  const addon = platform.state.addons.find(({id}) => id === transfer.addonId)
  const database = addon ? resourceUrl(addon) : ''
  const ends =
    transfer.kind === 'backup'
      ? {
          from: {name: transfer.database, type: 'pg_dump', url: database},
          to: {name: 'BACKUP', type: 'gof3r', url: backupUrl(platform, transfer.uuid)},
        }
      : {
          from: {name: 'BACKUP', type: 'htcat', url: transfer.backupUrl},
          to: {name: transfer.database, type: 'pg_restore', url: database},
        }
  return {
    uuid: transfer.uuid,
    num: transfer.num,
    from_name: ends.from.name,
    from_type: ends.from.type,
    from_url: ends.from.url,
    to_name: ends.to.name,
    to_type: ends.to.type,
    to_url: ends.to.url,
    options: {},
    source_bytes: transfer.sourceBytes,
    processed_bytes: transfer.processedBytes,
    succeeded: transfer.succeeded,
    warnings: transfer.warnings,
    created_at: dataTime(transfer.createdAt),
    started_at: dataTime(transfer.startedAt),
    canceled_at: dataTime(transfer.canceledAt),
    updated_at: dataTime(transfer.updatedAt),
    finished_at: dataTime(transfer.finishedAt),
    deleted_at: dataTime(transfer.deletedAt),
    purged_at: dataTime(transfer.purgedAt),
    num_keep: transfer.numKeep,
    ...(transfer.scheduleUuid && {schedule: {uuid: transfer.scheduleUuid}}),
    ...(verbose && {
      logs: transfer.logs.map(({at, level, message}) => ({created_at: dataTime(at), level, message})),
    }),
  }
}

/** Those of a billing app that were neither deleted nor dropped, oldest first. */
export function listedTransfers({state}: Platform, appNameOrId: string): TransferState[] {
  const app = findApp(state, appNameOrId)
  return state.transfers.filter((one) => one.appId === app?.id && !one.deletedAt)
}

/** Drops what is beyond `num_keep` among those that finished, of one database and one kind, the oldest first. */
export async function prune(platform: Platform, newest: TransferState): Promise<void> {
  const alike = platform.state.transfers.filter(
    (one) =>
      one.addonId === newest.addonId &&
      one.kind === newest.kind &&
      Boolean(one.scheduleUuid) === Boolean(newest.scheduleUuid) &&
      one.succeeded &&
      !one.deletedAt,
  )
  const surplus = alike.slice(0, Math.max(0, alike.length - newest.numKeep))
  await Promise.all(surplus.map((one) => deleteTransfer(platform, one)))
}

export async function deleteTransfer(platform: Platform, transfer: TransferState): Promise<void> {
  transfer.deletedAt = new Date().toISOString()
  transfer.purgedAt = transfer.deletedAt
  await removeBackup(platform, transfer.uuid)
}

/** Half a backup is none. */
export async function removeUnlessSucceeded(platform: Platform, transfer: TransferState): Promise<void> {
  if (transfer.kind === 'backup' && !transfer.succeeded) await removeBackup(platform, transfer.uuid)
}
