import type {OneOffContext, OneOffEnd, OneOffRun} from './types.js'
import {runOneOff} from './run-one-off.js'
import {shown} from './words.js'

/**
 * Runs a command that others may be run after, whatever came of it: interrupted, its dyno is told to stop.
 * @throws Error that says how it failed, or the signal's reason
 */
export async function runCommand(
  run: Pick<OneOffRun, 'app' | 'command' | 'env' | 'timeoutMs'>,
  ctx: OneOffContext,
): Promise<{dyno: string; ms: number}> {
  const end = await runOneOff({...run, onAbort: 'stop'}, ctx).catch((error: unknown) => {
    ctx.signal.throwIfAborted()
    throw error
  })
  if (end.outcome === 'succeeded') return {dyno: end.dyno, ms: end.ms}
  ctx.signal.throwIfAborted()
  throw new Error(`${shown(run.command)} ${endWords(run.app, end)}`)
}

export type Pending = {
  pending: boolean
  /** A clause: "`rails db:abort_if_pending_migrations` failed in run.1: it exited with status 1". */
  why: string
}

/**
 * Asks a command whether a migration is pending: only one that certainly ended with 0 says that nothing is.
 * @throws the signal's reason
 */
export async function checkPending(
  run: Pick<OneOffRun, 'app' | 'command' | 'timeoutMs'>,
  ctx: OneOffContext,
): Promise<Pending> {
  try {
    const {dyno} = await runCommand(run, ctx)
    return {pending: false, why: `${shown(run.command)} ended with 0 in ${dyno}`}
  } catch (error) {
    ctx.signal.throwIfAborted()
    if (error instanceof Error) return {pending: true, why: error.message}
    throw error
  }
}

/** What follows the command in a sentence: "failed in run.1: it exited with status 1". */
export function endWords(app: string, end: Exclude<OneOffEnd, {outcome: 'succeeded'}>): string {
  const {dyno, why} = end
  if (dyno === undefined) return `may run or not: ${why}; \`heroku ps --app ${app}\` shows it`
  if (end.outcome === 'failed') return `failed in ${dyno}: ${why}`
  if (end.outcome === 'left') return `was left in ${dyno}: ${why}`
  return end.running ? `may still run in ${dyno}: ${why}` : `ended in ${dyno}, but how is unknown: ${why}`
}
