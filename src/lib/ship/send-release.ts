import {describeError, NotSent, OutcomeUnknown, PlatformError, Unreadable} from '../heroku/errors.js'
import type {Release} from '../heroku/types.js'
import {messageOf, StepError} from '../run/errors.js'
import {exactlyOnce} from '../run/exactly-once.js'
import type {StepContext} from '../run/step.js'
import {findOurs} from '../app/find-release.js'
import type {ShipServices} from './services.js'
import type {ReleaseBefore} from './steps/release.js'

/** When the answer was lost, the release shows within seconds or there is none: it may then be asked for again. */
const SETTLE_MS = [500, 1000, 2000, 4000]

/**
 * The PATCH, once; when its answer is lost, the platform is asked whether it happened.
 * @throws StepError `release-refused` when it is certain that there is no release, `release-unknown` when nothing is certain
 */
export async function sendRelease(before: ReleaseBefore, ctx: ShipServices & StepContext): Promise<Release> {
  const {app, images, newest, user} = before
  const asked = {method: 'PATCH', path: `/apps/${app}/formation`}
  const updates = Object.entries(images).map(([type, image]) => ({type, image}))
  const lookUp = async () => {
    return findOurs(await ctx.platform.newestReleases(app, 10), {newest, user, images: Object.values(images)})
  }

  const call = async (): Promise<Release> => {
    const {warning} = await ctx.platform.releaseImages(app, updates)
    const release = await lookUp().catch((error: Error) => {
      // It is released, only not seen: that is as unknown as a lost answer.
      throw new OutcomeUnknown({...asked, cause: error})
    })
    if (release) return release
    if (warning) throw new StepError('release-refused', warning)
    throw new OutcomeUnknown({...asked, cause: new Error('no release followed')})
  }

  try {
    return await exactlyOnce({
      call,
      lookUp,
      clock: ctx.clock,
      signal: ctx.signal,
      settleMs: SETTLE_MS,
      isUnknown: (error) => error instanceof OutcomeUnknown,
      isNotSent: (error) => error instanceof NotSent,
      // Safe to say again: images that run already make no second release (platform-facts §1.6).
      resend: true,
    })
  } catch (error) {
    throw await judge(error, lookUp)
  }
}

async function judge(error: unknown, lookUp: () => Promise<Release | undefined>): Promise<unknown> {
  if (error instanceof PlatformError || error instanceof NotSent || error instanceof Unreadable) {
    return new StepError('release-refused', describeError(error), {cause: error})
  }

  if (!(error instanceof OutcomeUnknown)) return error
  // The answers were lost, but does the platform answer now? Then what it shows is the truth.
  const nothing = await lookUp().then(
    (release) => release === undefined,
    () => false,
  )
  if (!nothing) return new StepError('release-unknown', describeError(error), {cause: error})
  return new StepError('release-refused', `${messageOf(error.cause)}, and no release followed`, {cause: error})
}
