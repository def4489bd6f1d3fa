import type {Transfer} from '../../heroku/data-types.js'
import {describeError, NotSent, OutcomeUnknown, PlatformError} from '../../heroku/errors.js'
import {messageOf, StepError} from '../../run/errors.js'
import {exactlyOnce} from '../../run/exactly-once.js'
import type {StepContext} from '../../run/step.js'
import type {DatabaseSeen} from '../facts.js'
import type {WindowServices} from '../services.js'
import {reads} from './transfers-of.js'
import {waitForTransfers} from './wait-for-transfers.js'

type Context = StepContext & WindowServices

/** A capture of ours: asked for, and known once the platform has named it. */
export type Ours = {database: DatabaseSeen; known: string[]; transfer?: Transfer}

/** The words of a refusal because another transfer runs; its status is nobody's knowledge (platform-facts §6.4). */
const BUSY = /in progress|already running|currently running/i
const BUSY_WAIT_MS = 3000

/**
 * Begins one capture, after whatever is on its way has ended; never a second one, whatever becomes of the answer. `note` is told
 * before it goes out, again once it is known, and with undefined when it is certain that there is none.
 * @throws StepError `backup`
 */
export async function beginCapture(
  database: DatabaseSeen,
  {note, timeoutMs}: {note(ours: Ours | undefined): void; timeoutMs: number},
  ctx: Context,
): Promise<Transfer> {
  const deadline = ctx.clock.now() + timeoutMs
  for (;;) {
    const there = await waitForTransfers(database, Math.max(0, deadline - ctx.clock.now()), ctx)
    const known = there.map(({uuid}) => uuid)
    note({database, known})
    try {
      const transfer = await captureOnce({database, known}, ctx)
      note({database, known, transfer})
      return transfer
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) note(undefined)
      if (!isBusy(error) || ctx.clock.now() >= deadline) throw await judge(error, {database, known}, ctx)
      ctx.progress({message: 'another backup is in progress'})
      await ctx.clock.sleep(BUSY_WAIT_MS, ctx.signal)
    }
  }
}

/** The capture that began since `known` was read; two at once are as good as each other, the first is taken. */
export async function findOurs({database, known}: Ours, {data}: WindowServices): Promise<Transfer | undefined> {
  const transfers = await data.transfers(database.billingApp)
  return transfers.findLast(
    (one) => one.kind === 'backup' && !one.scheduled && reads(one, database) && !known.includes(one.uuid),
  )
}

function captureOnce(ours: Ours, ctx: Context): Promise<Transfer> {
  return exactlyOnce({
    call: () => ctx.data.capture(ours.database.addonId),
    lookUp: () => findOurs(ours, ctx),
    clock: ctx.clock,
    signal: ctx.signal,
    isUnknown: (error) => error instanceof OutcomeUnknown,
    isNotSent: (error) => error instanceof NotSent,
  })
}

function isBusy(error: unknown): boolean {
  return error instanceof PlatformError && error.status < 500 && (error.status === 409 || BUSY.test(error.said))
}

async function judge(error: unknown, ours: Ours, ctx: Context): Promise<unknown> {
  if (ctx.signal.aborted) return error
  if (!(error instanceof OutcomeUnknown)) return new StepError('backup', describeError(error), {cause: error})
  const none = await findOurs(ours, ctx).then(
    (found) => found === undefined,
    () => false,
  )
  const {attachment, billingApp} = ours.database
  const message = none
    ? `${messageOf(error.cause)}, and no backup of ${attachment} followed`
    : `${describeError(error)}. To see whether one runs: heroku pg:backups --app ${billingApp}`
  return new StepError('backup', message, {cause: error})
}
