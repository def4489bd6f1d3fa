import {closeSync} from 'node:fs'
import {constants} from 'node:os'
import {isatty} from 'node:tty'

import {ux} from '@oclif/core'

import type {Left} from '../run/events.js'
import {paintFor} from '../ui/paint.js'
import {leftBehind} from '../ui/story.js'

/** How a process ends that has no time for a report; under --json it answers like any other. */
export type Leaving = {app: string; json: boolean; signal: NodeJS.Signals}

/** Nothing has begun: there is nothing to undo. */
export function leaveUntouched(leaving: Leaving): never {
  ux.action.stop('!')
  return leave(leaving, 'Interrupted; nothing was touched.', [])
}

/** The user asked twice, and nothing is waited for any more; what stays behind is said. */
export function leaveNow(leaving: Leaving, left: Left[]): never {
  process.stderr.write('\n')
  return leave(leaving, left.length > 0 ? 'Left at once.' : 'Left at once; nothing is left to undo.', left)
}

function leave({app, json, signal}: Leaving, message: string, left: Left[]): never {
  const exitCode = left.length > 0 ? 4 : 128 + constants.signals[signal]
  const outcome = left.length > 0 ? 'held' : 'interrupted'
  process.stderr.write([message, ...leftBehind(left, paintFor(false)), ''].join('\n'))
  if (json) process.stdout.write(`${JSON.stringify({outcome, exitCode, app, message, left}, undefined, 2)}\n`)
  process.exit(exitCode)
}

/**
 * Returns what is to be called at a SIGHUP, so that a terminal that was closed ends neither what is undone nor the exit code:
 * writes to it fail from then on, and Node, which sets it back as it exits, aborts with a core dump where it can't, unless the
 * descriptor is closed.
 */
export function readyForHangup(): () => void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd))
  return () => {
    // oclif's own listener throws what it does not know.
    for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error').on('error', () => {})
    process.once('exit', () => {
      for (const fd of terminals) if (!isatty(fd)) closeSync(fd)
    })
  }
}
