import {Transform} from 'node:stream'
import type {Platform} from '../platform.js'
import type {AddonState} from '../state/types.js'
import type {TransferState} from './types.js'

/** A transfer that runs, as capture and restore see it. */
export type TransferWork = {
  platform: Platform
  transfer: TransferState
  addon: AddonState
  /** Aborted when it is canceled, and when the platform stops. */
  signal: AbortSignal
  /** Takes the database's password out of the line. */
  log(line: string, level?: 'error' | 'info'): void
}

/** The transfer ends as failed; the message is the last line of its logs. */
export class TransferFailed extends Error {}

/** Lets the bytes through and counts them as processed. */
export const counting = (transfer: TransferState): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      transfer.processedBytes += chunk.length
      done(null, chunk)
    },
  })
