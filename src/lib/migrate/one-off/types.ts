import type {Platform} from '../../heroku/types.js'
import type {StepContext} from '../../run/step.js'
import type {DynoCommand} from '../facts.js'

/** What it takes to run a command in a dyno: less than a step has, so that it can be done before there is a plan. */
export type OneOffContext = Pick<StepContext, 'clock' | 'log' | 'progress' | 'signal'> & {
  platform: Platform
  /** How to attach to a dyno where there is no log; `readRendezvous` unless something else is given. */
  attach?: (url: string, options: {signal: AbortSignal}) => AsyncIterable<Uint8Array>
}

export type OneOffRun = {
  app: string
  command: DynoCommand
  /** The dyno is stopped then. */
  timeoutMs: number
  /** Over the config vars. */
  env?: Record<string, string>
  /** Known before, so that another process finds the dyno by it; a new one when left out. */
  nonce?: string
  /** A dyno with this nonce may be there from before: then that one is followed instead of making another. */
  mayExist?: boolean
  /** What becomes of the dyno when `signal` aborts; `leave` when left out. */
  onAbort?: 'leave' | 'stop'
  /** Told as soon as its name is known. */
  onDyno?: (name: string) => void
}

/** How a run in a one-off dyno ended. `ms` since it was asked for; `why` is a clause. */
export type OneOffEnd =
  | {outcome: 'succeeded'; dyno: string; status: 0; ms: number}
  /** `stopped`: by us, because its time was up. */
  | {outcome: 'failed'; dyno: string; status?: number; stopped?: true; ms: number; why: string}
  /** Without a dyno it is not even known whether there is one; `running`: it could not be stopped. */
  | {outcome: 'unknown'; dyno?: string; running?: true; ms: number; why: string}
  /** We were interrupted: it goes on by itself, or was told to stop. */
  | {outcome: 'left'; dyno: string; ms: number; why: string}

/** It is certain that no dyno was made: nothing was run. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted'
}
