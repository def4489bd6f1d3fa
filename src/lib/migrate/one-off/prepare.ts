import {PlatformError} from '../../heroku/errors.js'
import type {OneOffRequest} from '../../heroku/types.js'
import {resolveCommand} from './resolve-command.js'
import type {OneOffContext, OneOffRun} from './types.js'
import {wrap} from './wrap.js'

/** Nothing is begun while Heroku does not answer; an outage of that length is no reason to give up a window. */
const PATIENCE_MS = 2 * 60_000
const WAIT_MS = {first: 1000, most: 8000}

/** The platform ends a dyno after a day at the latest (platform-facts §5.1). */
const LONGEST_LIFE_S = 86_400
/** Our deadline is the first to pass: it can say so. */
const LATER_S = 120

/**
 * What to ask for, decided before there is a dyno: one that nobody attaches to runs nothing, so whether there will be a log
 * must be known.
 * @throws PlatformError, Unreadable; Error when the command can't be run
 */
export async function prepare(run: OneOffRun, nonce: string, ctx: OneOffContext): Promise<OneOffRequest> {
  const {app, command, env, timeoutMs} = run
  const attach = await patiently(() => logsAreRefused(app, ctx), ctx)
  const formation = await patiently(() => ctx.platform.formation(app), ctx)
  const {size, type} = command
  return {
    command: wrap(resolveCommand(command.command, formation), {nonce, ignoreHup: attach}),
    attach,
    timeToLiveS: Math.min(LONGEST_LIFE_S, Math.ceil(timeoutMs / 1000) + LATER_S),
    ...(type ? {type} : {}),
    ...(size === undefined ? {} : {size}),
    ...(env ? {env} : {}),
  }
}

/** Spaces with private logging have no log sessions. A login or an app that is refused altogether is another matter. */
async function logsAreRefused(app: string, {platform, signal}: OneOffContext): Promise<boolean> {
  try {
    for await (const line of platform.logs(app, {lines: 1, tail: false, signal})) if (line) break
    signal.throwIfAborted()
    return false
  } catch (error) {
    if (isRefusal(error) && ![401, 404, 429].includes(error.status)) return true
    throw error
  }
}

async function patiently<T>(read: () => Promise<T>, {clock, signal}: OneOffContext): Promise<T> {
  const deadline = clock.now() + PATIENCE_MS
  for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.most)) {
    signal.throwIfAborted()
    try {
      return await read()
    } catch (error) {
      if (isRefusal(error) || clock.now() + wait > deadline) throw error
      await clock.sleep(wait, signal)
    }
  }
}

function isRefusal(error: unknown): error is PlatformError {
  return error instanceof PlatformError && error.status < 500
}
