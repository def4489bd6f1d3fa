import {type ChildProcess, spawn} from 'node:child_process'
import {constants} from 'node:os'
import {byLine} from './lines.js'
import {adopt} from './process-group.js'

export type DynoProcess = {
  /** Of the process and of its group; 0 when it could not be started. */
  pid: number
  /** The exit status, 128 + the signal's number for signals, 127 when it could not be started. */
  exited: Promise<number>
  /** Everything it had to say has been said; a process that got away may keep this from coming. */
  closed: Promise<void>
  /** Gives up what a process that got away may still have to say. */
  mute(): void
}

/** `/bin/sh -c` in a process group of its own, its output line by line. */
export function spawnDyno(
  options: {command: string; cwd: string; env: Record<string, string>; port?: number},
  onLine: (line: string) => void,
): DynoProcess {
  const child = spawn('/bin/sh', ['-c', options.command], {
    cwd: options.cwd,
    detached: true,
    env: {
      PATH: process.env.PATH,
      ...options.env,
      ...(options.port === undefined ? {} : {PORT: String(options.port)}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid ?? 0
  if (pid > 0) adopt(pid)
  const closed = Promise.all([child.stdout, child.stderr].map((stream) => byLine(stream, onLine))).then(() => undefined)
  const exited = statusOf(child, onLine)
  return {
    pid,
    exited,
    closed,
    mute() {
      child.stdout.destroy()
      child.stderr.destroy()
    },
  }
}

function statusOf(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 0)))
    child.once('error', (error) => {
      onLine(`Can't start: ${error.message}`)
      resolve(127)
    })
  })
}
