import type {Reason} from '../../app/refused.js'
import type {Attachment} from '../../heroku/types.js'
import type {BackupFacts, DatabaseSeen} from '../facts.js'
import type {WindowServices} from '../services.js'
import {describeCapture, judgeUnfinished} from './judge-transfers.js'
import {readDatabase} from './read-database.js'
import {postgresOnly, resolveDatabase} from './resolve-database.js'

export type BackupRequest = {
  app: string
  /** As given to `--database`: names of attachments, config vars or add-ons. */
  databases: string[]
  mode: 'auto' | 'capture' | 'none'
  timeoutMs: number
  /** ms since the epoch. */
  now: number
}

type Findings = {facts: BackupFacts; reasons: Reason[]; notes: string[]}

/**
 * Which databases are backed up and how, what speaks against it, and what a user wants to know before. With `none` only what
 * makes a migration dangerous or slow refuses: a restore that runs, a backup that is stuck.
 * @throws the errors of the platform and, unless `none`, of the Data API
 */
export async function readBackupFacts(services: WindowServices, request: BackupRequest): Promise<Findings> {
  const {app, databases, mode, now, timeoutMs} = request
  const attachments = await services.platform.attachments(app)
  const chosen = await chooseDatabases(services, {app, attachments, wishes: databases})
  const found = await Promise.all(
    chosen.attachments.map((attachment) => readDatabase(services, {app, attachment, attachments, mode})),
  )
  const isProtected = found.some(({database}) => database.continuousProtection)
  const how = mode === 'auto' ? (isProtected ? 'restore-point' : 'capture') : mode
  const reasons = mode === 'none' ? [] : chosen.reasons
  const notes: string[] = []

  for (const one of found) {
    reasons.push(...one.reasons)
    notes.push(...one.notes)
    const judged = judgeUnfinished(one.transfers, one.database, now)
    reasons.push(...judged.reasons)
    notes.push(...judged.notes)
    if (how === 'restore-point' && one.database.continuousProtection) notes.push(restorePointNote(one.database))
    else if (how !== 'none') notes.push(...describeCapture(one.transfers, one.database, timeoutMs))
  }

  return {facts: {mode: how, databases: found.map(({database}) => database), timeoutMs}, reasons, notes}
}

async function chooseDatabases(
  {platform}: WindowServices,
  {app, attachments, wishes}: {app: string; attachments: Attachment[]; wishes: string[]},
): Promise<{attachments: Attachment[]; reasons: Reason[]}> {
  const postgres = postgresOnly(attachments)
  let read: Promise<Record<string, string>> | undefined
  const configVars = (): Promise<Record<string, string>> => (read ??= platform.configVars(app))
  const found = new Map<string, Attachment>()
  const reasons: Reason[] = []
  for (const wish of new Set(wishes)) {
    const resolved = await resolveDatabase(wish, {app, postgres, configVars})
    if ('reason' in resolved) reasons.push(resolved.reason)
    else if (!found.has(resolved.attachment.addon.id)) found.set(resolved.attachment.addon.id, resolved.attachment)
  }

  return {attachments: [...found.values()], reasons}
}

function restorePointNote({attachment, plan}: DatabaseSeen): string {
  return `${attachment} (${plan}) has continuous protection: the time before the migration is recorded instead of a backup. For a backup as well: --backup capture`
}
