import {constants} from 'node:os'

import {readyForHangup} from '../../command/leave.js'
import {takeOverSignals} from '../../command/signals.js'
import {paintFor} from '../../ui/paint.js'
import {canDraw, reflows, wantsColour} from '../../ui/surroundings.js'
import type {MemoryServices} from '../sources/services.js'
import {plainView} from '../views/live-plain.js'
import {type LiveView, watchMemory} from './live.js'

/**
 * `--tail`: a dashboard on a person's terminal, else lines on stdout, until a signal, a reader that went away, or an error.
 * @returns the exit code: 128 + the signal's number, 0 when nobody reads any more
 * @throws Refused, PlatformError, Unreadable
 */
export async function watch(
  app: string,
  open: (onWait: (text: string) => void) => Promise<MemoryServices>,
  ended: AbortController,
): Promise<number> {
  const {env, stderr, stdout} = process
  let exitCode = 0
  const onHangup = readyForHangup()
  const end = (signal?: NodeJS.Signals): void => {
    if (signal === 'SIGHUP') onHangup()
    if (signal) exitCode = 128 + constants.signals[signal]
    ended.abort(new Error(signal ? `interrupted by ${signal}` : 'nobody reads any more'))
  }
  const giveBack = takeOverSignals(end, (signal) => process.exit(128 + constants.signals[signal]))
  const onError = (): void => end()
  stdout.on('error', onError)
  let view: (LiveView & {tell?(text: string): void; close?(): Promise<void>}) | undefined
  try {
    view = canDraw({stdout, stderr, env})
      ? (await import('../views/dashboard.js')).createDashboard({
          stderr,
          paint: paintFor(wantsColour(stderr, env)),
          reflows: reflows(env),
        })
      : plainView((line) => void stdout.write(`${line}\n`))
    // A dashboard's place is on stderr too: what is told goes above it.
    const {tell = (text) => void stderr.write(`${text}\n`)} = view
    await watchMemory(await open(tell), app, view)
  } catch (error) {
    if (!ended.signal.aborted) throw error
  } finally {
    await view?.close?.()
    stdout.off('error', onError)
    giveBack()
  }

  return exitCode
}
