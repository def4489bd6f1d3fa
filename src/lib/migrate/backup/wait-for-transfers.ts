import type {Transfer} from '../../heroku/data-types.js'
import {StepError} from '../../run/errors.js'
import type {StepContext} from '../../run/step.js'
import type {DatabaseSeen} from '../facts.js'
import type {WindowServices} from '../services.js'
import {startPoll} from './poll.js'
import {unfinished, writes} from './transfers-of.js'
import {cancelCommand, infoCommand, sizeWords, spanWords, transferWords} from './words.js'

/** The site is down meanwhile: a Data API that says nothing for this long is a reason to go back. */
const PATIENCE_MS = 2 * 60_000

/**
 * Waits until nothing is on its way on a database, and resolves with all transfers of its billing app as they are then.
 * @throws StepError `backup` beside a restore, at the deadline (`timeoutMs`, its own), or when the Data API stays silent
 */
export async function waitForTransfers(
  database: DatabaseSeen,
  timeoutMs: number,
  ctx: StepContext & WindowServices,
): Promise<Transfer[]> {
  const poll = startPoll({deadline: ctx.clock.now() + timeoutMs, patienceMs: PATIENCE_MS}, ctx)
  let running: Transfer | undefined
  for (;;) {
    const transfers = await poll.read(() => ctx.data.transfers(database.billingApp))
    if (transfers) {
      ;[running] = unfinished(transfers, database)
      if (!running) return transfers
      if (writes(running, database)) {
        const message = `${transferWords(running)} into ${database.attachment} is not finished: ${infoCommand(database, running)}`
        throw new StepError('backup', message)
      }

      const bytes = running.processedBytes > 0 ? `, ${sizeWords(running.processedBytes)} so far` : ''
      ctx.progress({message: `waiting for the ${running.scheduled ? 'scheduled ' : ''}backup ${running.name}${bytes}`})
    }

    if (poll.isOver()) throw new StepError('backup', late(running, database, timeoutMs))
    await poll.wait()
  }
}

function late(running: Transfer | undefined, database: DatabaseSeen, timeoutMs: number): string {
  if (!running) return `The backups of ${database.billingApp} can't be read.`
  const command = cancelCommand(database, running)
  return `${transferWords(running)} of ${database.attachment} is not finished after ${spanWords(timeoutMs)}. To end it: ${command}`
}
