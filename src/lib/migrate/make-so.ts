import {OutcomeUnknown, PlatformError} from '../heroku/errors.js'
import type {StepContext} from '../run/step.js'

/** A state of the platform that can be asked for as often as one likes: a flag, absolute quantities. */
export type Wanted = {
  /** Whether it is so; reads the platform. */
  isSo(): Promise<boolean>
  /** Asks for it. The same may be said again. */
  set(): Promise<void>
  /** It was read a moment ago, and was not so: that read is spared. */
  notSo?: boolean
  /** How long a platform that does not answer is borne with, in ms. */
  patienceMs: number
}

/** Opening a window: the site is still up, so a platform that does not answer is soon a reason to leave it alone. */
export const OPENING_MS = 60_000
/** Closing one: the site is down until it is done (design §4, "restoring"). */
export const RESTORING_MS = 5 * 60_000

const WAITS_MS = [500, 1000, 2000, 4000, 8000]

/**
 * Makes it so, and reads the platform afterwards: an answer proves nothing. What fails is tried again until `patienceMs` is
 * over; a refusal ends it at once. When it is so already, nothing is sent.
 * @throws the last error, or one that says that the platform took it and does not show it
 */
export async function makeSo(
  {isSo, notSo = false, patienceMs, set}: Wanted,
  {clock, signal}: StepContext,
): Promise<void> {
  const deadline = clock.now() + patienceMs
  for (let attempt = 0; ; attempt++) {
    try {
      if ((attempt > 0 || !notSo) && (await isSo())) return
      await set()
      if (await isSo()) return
      throw new Error('Heroku took the change, but does not show it')
    } catch (error) {
      if (error instanceof PlatformError && error.status < 500) throw error
      if (signal.aborted || clock.now() >= deadline) {
        // An answer may be lost only when our patience is: what the platform shows counts.
        if (error instanceof OutcomeUnknown && (await isSo().catch(() => false))) return
        throw error
      }
    }

    await clock.sleep(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]!, signal)
  }
}
