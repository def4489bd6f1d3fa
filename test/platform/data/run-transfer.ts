import {setTimeout as sleep} from 'node:timers/promises'
import {findApp, type Platform} from '../platform.js'
import type {AddonState} from '../state/types.js'
import {resourceUrl} from './database.js'
import {prune, removeUnlessSucceeded} from './transfers.js'
import {TransferFailed, type TransferWork} from './transfer-work.js'
import type {TransferState} from './types.js'

/** The transfers that are on their way. */
export class RunningTransfers {
  readonly #running = new Map<string, {controller: AbortController; done: Promise<void>}>()

  /** From pending over running to its end; nothing else may run on that database (the routes see to it). */
  start(
    platform: Platform,
    addon: AddonState,
    transfer: TransferState,
    perform: (work: TransferWork) => Promise<void>,
  ): void {
    const controller = new AbortController()
    const {signal} = controller
    const work = {platform, transfer, addon, signal, log: logInto(transfer, addon)}
    const done = runTransfer(work, perform).finally(async () => {
      await removeUnlessSucceeded(platform, transfer)
      this.#running.delete(transfer.uuid)
      platform.changed()
    })
    this.#running.set(transfer.uuid, {controller, done})
  }

  /** Ends its programs and waits for them. */
  async cancel(transfer: TransferState): Promise<void> {
    const at = new Date().toISOString()
    Object.assign(transfer, {canceledAt: at, finishedAt: at, updatedAt: at, succeeded: false})
    transfer.logs.push({at, level: 'info', message: 'transfer canceled'})
    await this.#end(transfer.uuid)
  }

  /** Ends all of them, as they are. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((uuid) => this.#end(uuid)))
  }

  async #end(uuid: string): Promise<void> {
    const running = this.#running.get(uuid)
    running?.controller.abort()
    await running?.done
  }
}

async function runTransfer(work: TransferWork, perform: (work: TransferWork) => Promise<void>): Promise<void> {
  const {log, platform, signal, transfer} = work
  const knobs = platform.knobs(findApp(platform.state, transfer.appId)?.name ?? '')
  const stamp = () => new Date().toISOString()
  let heartbeat: NodeJS.Timeout | undefined
  try {
    await sleep(platform.time.real(1000), undefined, {signal})
    while (knobs.transferStaysPending) await sleep(20, undefined, {signal})
    transfer.startedAt = stamp()
    const beat = () => void (transfer.updatedAt = stamp())
    beat()
    heartbeat = setInterval(beat, platform.time.real(1000))
    const least = sleep(knobs.transferMs, undefined, {signal})
    least.catch(() => {})
    if (!knobs.transferFails) await perform(work)
    await least
    if (knobs.transferFails) throw new TransferFailed(knobs.transferFails)
    signal.throwIfAborted()
    Object.assign(transfer, {succeeded: true, finishedAt: stamp()})
    await prune(platform, transfer)
  } catch (error) {
    if (signal.aborted) return
    log(error instanceof Error ? error.message : String(error), 'error')
    Object.assign(transfer, {succeeded: false, finishedAt: stamp()})
  } finally {
    clearInterval(heartbeat)
  }
}

function logInto(transfer: TransferState, addon: AddonState): TransferWork['log'] {
  const secrets = [resourceUrl(addon), new URL(resourceUrl(addon)).password, transfer.backupUrl]
  return (line, level = 'info') => {
    const message = secrets.reduce<string>((text, secret) => (secret ? text.replaceAll(secret, '***') : text), line)
    transfer.logs.push({at: new Date().toISOString(), level, message})
  }
}
