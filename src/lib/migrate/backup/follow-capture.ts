import type {Transfer} from '../../heroku/data-types.js'
import {StepError} from '../../run/errors.js'
import type {Progress} from '../../run/events.js'
import type {StepContext} from '../../run/step.js'
import type {DatabaseSeen} from '../facts.js'
import type {WindowServices} from '../services.js'
import {startPoll} from './poll.js'
import {cancelCommand, infoCommand, sizeWords, spanWords} from './words.js'

/** The platform let the deadline pass: the capture is left to go on by itself. */
export class CaptureLate extends StepError {}

/**
 * Follows a capture to its end, through reads that fail, until its deadline. Resolves only when it has succeeded.
 * @throws StepError `backup` with the last lines of its log, CaptureLate at the deadline
 */
export async function followCapture(
  {database, item, timeoutMs, transfer}: {database: DatabaseSeen; item?: string; timeoutMs: number; transfer: Transfer},
  ctx: StepContext & WindowServices,
): Promise<Transfer> {
  const {billingApp} = database
  const part = item === undefined ? {} : {item}
  const poll = startPoll({deadline: ctx.clock.now() + timeoutMs}, ctx)
  const pace = takePace(ctx)
  let seen = transfer
  while (seen.finishedAt === null || seen.succeeded === null) {
    ctx.progress({...part, ...describe(seen, database, pace)})
    if (poll.isOver()) throw new CaptureLate('backup', late(seen, database, timeoutMs))
    await poll.wait()
    seen = (await poll.read(() => ctx.data.transfer(billingApp, transfer.uuid))) ?? seen
  }

  if (!seen.succeeded) {
    ctx.progress({...part, message: 'failed', done: 'failed'})
    throw new StepError('backup', await whyFailed(seen, database, ctx))
  }

  if (seen.warnings > 0) {
    ctx.warn(`The backup ${seen.name} has ${seen.warnings} warnings: ${infoCommand(database, seen)}`)
  }

  ctx.progress({...part, message: seen.name, current: seen.processedBytes, unit: 'bytes', done: 'ok'})
  return seen
}

function describe(seen: Transfer, {bytes}: DatabaseSeen, pace: (bytes: number) => number | undefined): Progress {
  if (seen.startedAt === null) return {message: `${seen.name} is pending`}
  const total = seen.sourceBytes ?? bytes
  const speed = pace(seen.processedBytes)
  return {
    message: `${seen.name}${speed === undefined ? '' : `, ${sizeWords(speed)}/s`}`,
    current: seen.processedBytes,
    // Of the database; the dump is smaller, so this never reaches it.
    ...(total === undefined || total < seen.processedBytes ? {} : {total}),
    unit: 'bytes',
  }
}

/** Bytes a second since the look before. */
function takePace({clock}: StepContext): (bytes: number) => number | undefined {
  let before: {at: number; bytes: number} | undefined
  return (bytes) => {
    const now = {at: clock.now(), bytes}
    const speed = before && now.at > before.at ? ((bytes - before.bytes) * 1000) / (now.at - before.at) : undefined
    before = now
    return speed === undefined ? undefined : Math.max(0, speed)
  }
}

async function whyFailed(seen: Transfer, database: DatabaseSeen, ctx: WindowServices): Promise<string> {
  const which = `The backup ${seen.name} of ${database.attachment}`
  if (seen.canceledAt !== null) return `${which} was cancelled by somebody.`
  const lines = await ctx.data.transferLog(database.billingApp, seen.uuid).catch(() => [])
  return [`${which} failed${lines.length > 0 ? ':' : `: ${infoCommand(database, seen)}`}`, ...lines].join('\n')
}

function late(seen: Transfer, database: DatabaseSeen, timeoutMs: number): string {
  const so = seen.startedAt === null ? 'has not started' : `is not finished (${sizeWords(seen.processedBytes)} so far)`
  return `The backup ${seen.name} of ${database.attachment} ${so} after ${spanWords(timeoutMs)}. It is left to go on; to end it: ${cancelCommand(database, seen)}`
}
