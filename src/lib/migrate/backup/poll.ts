import {describeError, PlatformError} from '../../heroku/errors.js'
import {abortable} from '../../run/abortable.js'
import {StepError} from '../../run/errors.js'
import type {StepContext} from '../../run/step.js'

/** Once a second would spend the budget of calls; nobody misses the end of a long backup by ten seconds. */
const SOON_MS = 3000
const LATER_MS = 10_000
const SOON_FOR_MS = 60_000
/** One refusal may be a slip of a gateway, this many in a row are an answer. */
const REFUSALS = 3

export type Poll = {
  isOver(): boolean
  wait(): Promise<void>
  /** Undefined when it could not be read this time. @throws StepError `backup` when there is no more point in asking */
  read<T>(read: () => Promise<T>): Promise<T | undefined>
}

/** Asks again and again until a deadline, and survives reads that fail; for no longer than `patienceMs` in a row, if given. */
export function startPoll(
  {deadline, patienceMs = Infinity}: {deadline: number; patienceMs?: number},
  {clock, signal}: StepContext,
): Poll {
  const started = clock.now()
  let answered = started
  let refused = 0
  return {
    isOver: () => clock.now() >= deadline,
    wait: () => clock.sleep(clock.now() - started < SOON_FOR_MS ? SOON_MS : LATER_MS, signal),
    async read(read) {
      try {
        const value = await abortable(read(), signal)
        answered = clock.now()
        refused = 0
        return value
      } catch (error) {
        signal.throwIfAborted()
        refused = error instanceof PlatformError && error.status < 500 && error.status !== 429 ? refused + 1 : 0
        const hopeless = refused >= REFUSALS || clock.now() - answered >= patienceMs
        if (hopeless) throw new StepError('backup', describeError(error), {cause: error})
        return undefined
      }
    },
  }
}
