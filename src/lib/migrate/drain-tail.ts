import type {LogLine} from '../heroku/types.js'
import type {StepContext} from '../run/step.js'
import type {WindowServices} from './services.js'

/** As much as there is: what came between an effect and the opening of the session is in it (platform-facts §8.1). */
const RING = 1500

/** Hands every line of an app's log on, from the whole ring on, until it is closed. A log that is refused hands on nothing. */
export function openTail(
  app: string,
  {platform, signal}: StepContext & WindowServices,
  note: (line: LogLine) => void,
): {close(): Promise<void>} {
  const over = new AbortController()
  const options = {lines: RING, tail: true, signal: AbortSignal.any([signal, over.signal])}
  const reading = (async () => {
    try {
      for await (const line of platform.logs(app, options)) note(line)
    } catch {
      // Private logging, an app that drains elsewhere: whoever waits for a line has a wait without it.
    }
  })()
  return {
    async close() {
      over.abort()
      await reading
    },
  }
}

/** Does some work while a tail is open; what is told to the work ends with it. */
export async function followingLog<T>(
  app: string,
  note: (line: LogLine) => void,
  work: (ctx: StepContext & WindowServices) => Promise<T>,
  ctx: StepContext & WindowServices,
): Promise<T> {
  const over = new AbortController()
  const tail = openTail(app, ctx, note)
  try {
    return await work({...ctx, signal: AbortSignal.any([ctx.signal, over.signal])})
  } finally {
    over.abort()
    await tail.close()
  }
}
