import {NotSent, OutcomeUnknown, PlatformError} from '../../heroku/errors.js'
import type {OneOffRequest} from '../../heroku/types.js'
import {exactlyOnce} from '../../run/exactly-once.js'
import {findInLog, findListed} from './find.js'
import type {OneOffContext} from './types.js'

/** A dyno of ours; `attachUrl` holds a secret. */
export type Made = {name: string; attachUrl: string | null}

/** Right after a release Heroku answers 409 for a while (platform-facts §3.6). */
const CONFLICT_MS = 2 * 60_000
const CONFLICT_WAITS_MS = {first: 1000, most: 10_000}
/** A dyno shows within seconds; its log lines may be late. */
const SETTLE_MS = [500, 1000, 2000, 4000, 8000, 15_000]

/**
 * Makes a one-off dyno, once: when the answer is lost it is looked for by the nonce in its command, in the log when it has
 * already gone.
 * @throws OutcomeUnknown when it is not known whether there is one; anything else means that there is none
 */
export async function createOneOff(
  {app, nonce, request}: {app: string; nonce: string; request: OneOffRequest},
  ctx: OneOffContext,
): Promise<Made> {
  const {clock, signal} = ctx
  return exactlyOnce<Made>({
    call: () => createWhenReady(app, request, ctx),
    async lookUp() {
      const name =
        (await findListed(app, nonce, ctx)) ?? (request.attach ? undefined : await findInLog(app, nonce, ctx))
      return name === undefined ? undefined : {name, attachUrl: null}
    },
    clock,
    signal,
    settleMs: SETTLE_MS,
    isUnknown: (error) => error instanceof OutcomeUnknown,
    isNotSent: (error) => error instanceof NotSent,
  })
}

async function createWhenReady(app: string, request: OneOffRequest, ctx: OneOffContext): Promise<Made> {
  const {clock, platform, signal} = ctx
  const deadline = clock.now() + CONFLICT_MS
  for (let wait = CONFLICT_WAITS_MS.first; ; wait = Math.min(wait * 2, CONFLICT_WAITS_MS.most)) {
    try {
      return await platform.createDyno(app, request)
    } catch (error) {
      const notYet = error instanceof PlatformError && error.status === 409 && clock.now() + wait <= deadline
      if (!notYet) throw error
      ctx.progress({message: `waiting until Heroku starts dynos again: ${error.said || 'conflict (409)'}`})
      await clock.sleep(wait, signal)
    }
  }
}
