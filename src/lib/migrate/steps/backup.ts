import type {Transfer} from '../../heroku/data-types.js'
import {describeError, PlatformError} from '../../heroku/errors.js'
import {abortable} from '../../run/abortable.js'
import {listOf} from '../../app/words.js'
import type {Step, StepContext} from '../../run/step.js'
import {beginCapture, findOurs, type Ours} from '../backup/capture.js'
import {CaptureLate, followCapture} from '../backup/follow-capture.js'
import type {BackedUp, Kept} from '../backup/go-back.js'
import {unfinished} from '../backup/transfers-of.js'
import {waitForTransfers} from '../backup/wait-for-transfers.js'
import {cancelCommand, sizeWords, timeWords} from '../backup/words.js'
import {type BackupFacts, type DatabaseSeen, howOf, takesTime, type WindowFacts} from '../facts.js'
import type {WindowServices} from '../services.js'

type Context = StepContext & WindowServices

/** Transfers that were there before, by billing app. */
export type TransfersBefore = Record<string, string[]>

/**
 * Keeps what the databases hold before the schema changes: waits for every dump that would block a migration, then makes a
 * verified capture of its own, or records the point in time to which the plan can go back (design §4.5). Undone, a capture
 * that is not finished is cancelled, because half a backup is none; a finished one stays, and so does one that missed its
 * deadline.
 */
export function backUp(facts: WindowFacts): Step<WindowServices, TransfersBefore, BackedUp> {
  const {app, backup} = facts
  // Only the process that asked for a capture can tell it from somebody else's: another one cancels nothing.
  let asked: Map<string, Ours> | undefined
  return {
    id: 'backup',
    title: titleOf(backup),
    failsAs: 'backup',
    async look(ctx) {
      // Nothing begins whose end somebody could have to look for.
      if (!takesTime(backup)) return {}
      const apps = [...new Set(backup.databases.map(({billingApp}) => billingApp))]
      const entries = apps.map(async (billingApp): Promise<[string, string[]]> => {
        const transfers = await ctx.data.transfers(billingApp).catch((error: unknown) => {
          if (backup.mode === 'none') return []
          throw error
        })
        return [billingApp, transfers.map(({uuid}) => uuid)]
      })
      return Object.fromEntries(await Promise.all(entries))
    },
    async run(_before, ctx) {
      const ours = (asked = new Map<string, Ours>())
      const kept: Kept[] = []
      for (const database of backup.databases) {
        const one = await keep(database, {backup, ours}, ctx)
        if (one) kept.push(one)
      }

      return {app: app.name, databases: kept}
    },
    async undo(before, ctx) {
      if (!asked && takesTime(backup)) {
        await warnOfUnknown(backup, before, ctx)
        return 'a backup that is finished stays'
      }

      const ended: string[] = []
      for (const ours of asked?.values() ?? []) {
        const name = await cancel(ours, ctx)
        if (name) ended.push(name)
      }

      return ended.length > 0 ? `the unfinished backup ${listOf(ended)} is cancelled` : 'no backup is left unfinished'
    },
    summary: ({databases}) => databases.map((one) => describeKept(one)).join('; ') || undefined,
  }
}

function titleOf({databases, mode}: BackupFacts): string {
  const names = listOf(databases.map(({attachment}) => attachment))
  if (mode === 'none') return `Wait for backups of ${names} that run`
  const captured = databases.some((one) => howOf(mode, one) === 'capture')
  return captured ? `Back up ${names}` : `Record the restore point of ${names}`
}

async function keep(
  database: DatabaseSeen,
  {backup, ours}: {backup: BackupFacts; ours: Map<string, Ours>},
  ctx: Context,
): Promise<Kept | undefined> {
  const {addon, addonId, attachment, billingApp, plan} = database
  const {databases, mode, timeoutMs} = backup
  const how = howOf(mode, database)
  const about = {attachment, addon, plan, billingApp}
  if (how === 'none') {
    await waitUnlessUnseen(database, timeoutMs, ctx)
    return undefined
  }

  if (how === 'restore-point') {
    await waitForTransfers(database, timeoutMs, ctx)
    // Its own clock: ours may be minutes ahead, and the time would lie after the migration.
    return {
      ...about,
      kept: 'restore-point',
      at: new Date(await ctx.data.platformTime(database.billingApp)).toISOString(),
    }
  }

  const note = (one: Ours | undefined): void => void (one ? ours.set(addonId, one) : ours.delete(addonId))
  const transfer = await beginCapture(database, {note, timeoutMs}, ctx)
  const item = databases.length > 1 ? {item: attachment} : {}
  const done = await followCapture({database, transfer, timeoutMs, ...item}, ctx).catch((error: unknown) => {
    if (error instanceof CaptureLate) note(undefined)
    throw error
  })
  note(undefined)
  return {...about, kept: 'capture', backup: done.name, bytes: done.processedBytes}
}

/** Nobody wants a backup: a Data API that can't be asked is no reason to stop. */
async function waitUnlessUnseen(database: DatabaseSeen, timeoutMs: number, ctx: Context): Promise<void> {
  const seen = await ctx.data.transfers(database.billingApp).catch((error: unknown) => {
    ctx.signal.throwIfAborted()
    ctx.warn(`Whether a backup of ${database.attachment} runs can't be seen: ${describeError(error)}`)
    return undefined
  })
  if (seen && unfinished(seen, database).length > 0) await waitForTransfers(database, timeoutMs, ctx)
}

/** The name of what was cancelled. One that can't be cancelled is no danger: it ends by itself, and that is said. */
async function cancel(ours: Ours, ctx: Context): Promise<string | undefined> {
  const {attachment, billingApp} = ours.database
  let {transfer} = ours
  try {
    transfer ??= await abortable(findOurs(ours, ctx), ctx.signal)
    if (!transfer) return undefined
    await ctx.data.cancel(billingApp, transfer.uuid)
    return transfer.name
  } catch (error) {
    if (error instanceof PlatformError && OVER.includes(error.status)) return undefined
    const command = transfer ? cancelCommand(ours.database, transfer) : `heroku pg:backups --app ${billingApp}`
    ctx.warn(`A backup of ${attachment} may go on: ${describeError(error)} To see to it: ${command}`)
    return undefined
  }
}

/** How a cancel is refused of a transfer that has just ended; nobody knows which of them it is. */
const OVER = [404, 409, 422]

async function warnOfUnknown({databases}: BackupFacts, before: TransfersBefore, ctx: Context): Promise<void> {
  for (const database of databases) {
    const {attachment, billingApp} = database
    const known = before[billingApp] ?? []
    const transfers = await ctx.data.transfers(billingApp).catch((): Transfer[] => [])
    const running = unfinished(transfers, database).filter(({scheduled, uuid}) => !scheduled && !known.includes(uuid))
    for (const one of running) {
      ctx.warn(`The backup ${one.name} of ${attachment} goes on; to end it: ${cancelCommand(database, one)}`)
    }
  }
}

function describeKept(one: Kept): string {
  const kept =
    one.kept === 'capture' ? `${one.backup}, ${sizeWords(one.bytes)}` : `restore point ${timeWords(Date.parse(one.at))}`
  return `${one.attachment}: ${kept}`
}
