import type {Clock} from '../run/clock.js'
import type {WindowFacts} from './facts.js'
import {checkPending, type Pending} from './one-off/run-command.js'
import type {WindowServices} from './services.js'

/** A check boots the app and asks its database; ten minutes are a reason to take the window. */
const CHECK_MS = 10 * 60_000

/** Runs `--migrate-check` on the release of now: only a certain 0 says that nothing is pending. */
export function askWhetherPending(
  {app, migration}: WindowFacts,
  command: string,
  {clock, platform}: WindowServices & {clock: Clock},
): Promise<Pending> {
  const {type, size} = migration ?? {}
  const dyno = {command, ...(type ? {type} : {}), ...(size === undefined ? {} : {size})}
  const ctx = {platform, clock, signal: new AbortController().signal, log() {}, progress() {}}
  return checkPending({app: app.name, command: dyno, timeoutMs: CHECK_MS}, ctx)
}
