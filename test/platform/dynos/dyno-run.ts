import {setTimeout as sleep} from 'node:timers/promises'
import {portBound} from './port.js'
import {groupEnded, signalGroup} from './process-group.js'
import {spawnDyno, type Take} from './spawn-dyno.js'

export type DynoState = 'complete' | 'crashed' | 'down' | 'starting' | 'up'

export type DynoOptions = {
  /** `web.1`, `release.4711`. */
  name: string
  command: string
  /** An absolute folder of the host. */
  cwd: string
  /** All of it: nothing of the platform's own environment reaches a dyno, PATH excepted when it is missing here. */
  env: Record<string, string>
  /** A web dyno's: given to it as PORT, and it is up when the port is bound (platform-facts §3.6). */
  port?: number
  /** Until R10. */
  bootTimeoutMs: number
  /** From SIGTERM to R12 and SIGKILL. */
  killAfterMs: number
  /** A dyno that ends by itself has `crashed`, also with status 0; a one-off or release dyno is `complete`. */
  ending?: 'complete' | 'crashed'
  /** An attached dyno's: takes its streams, so that nothing it says is logged. */
  take?: Take
  log(source: 'app' | 'heroku', dyno: string, text: string): void
  /** `starting` at once; `down` when it ended because we wanted it to: the platform words the lines of that itself. */
  onState(state: DynoState): void
  /** Once, after everything the dyno had to say: its exit status, 128 + the signal's number for signals. */
  onExit(status: number): void
}

export type DynoRun = {
  /** Of the process and of its group; 0 when it could not be started. */
  pid: number
  /** SIGTERM, `killAfterMs`, SIGKILL. Resolves with the exit status once nothing of the dyno runs. */
  stop(): Promise<number>
  /** SIGKILL to all, now. */
  kill(): void
  /** SIGKILL to all, and the dyno has crashed: it used too much memory (R15). */
  killForMemory(): void
}

const KILLED = 137

/** One dyno's life, in a process group of its own, with the real log lines (platform-facts §3.5, §5.2, §8.4). */
export function startDyno(options: DynoOptions): DynoRun {
  const heroku = (text: string) => options.log('heroku', options.name, text)
  const ended = new AbortController()
  let state: DynoState = 'starting'
  let unwanted = false // its end is our doing
  let overdue = false // killed because it did not boot or end in time, or used too much memory
  let drained: Promise<void> | undefined

  heroku(`Starting process with command \`${options.command}\``)
  options.onState('starting')
  const dyno = spawnDyno(options, (line) => options.log('app', options.name, line))
  const booted = boot()
  const over = end()
  return {
    pid: dyno.pid,
    stop() {
      drained ??= drain()
      return over
    },
    kill() {
      unwanted = true
      signalGroup(dyno.pid, 'SIGKILL')
    },
    killForMemory() {
      overdue = true
      signalGroup(dyno.pid, 'SIGKILL')
    },
  }

  async function boot(): Promise<void> {
    // Nobody hears of a state before it holds the run.
    await Promise.resolve()
    if (options.port === undefined) return up()
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(options.bootTimeoutMs)])
    if (await portBound(options.port, signal)) return up()
    if (ended.signal.aborted || unwanted) return
    heroku('Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch')
    heroku('Stopping process with SIGKILL')
    overdue = true
    signalGroup(dyno.pid, 'SIGKILL')
  }

  function up(): void {
    if (ended.signal.aborted || unwanted || dyno.pid === 0) return
    state = 'up'
    heroku('State changed from starting to up')
    options.onState('up')
  }

  async function drain(): Promise<void> {
    if (ended.signal.aborted) return
    unwanted = true
    heroku('Stopping all processes with SIGTERM')
    signalGroup(dyno.pid, 'SIGTERM')
    const deadline = Date.now() + options.killAfterMs
    await within(options.killAfterMs, dyno.exited)
    if (await groupEnded(dyno.pid, deadline - Date.now())) return
    heroku('Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM')
    heroku('Stopping remaining processes with SIGKILL')
    overdue = true
    signalGroup(dyno.pid, 'SIGKILL')
  }

  async function end(): Promise<number> {
    const ownStatus = await dyno.exited
    ended.abort()
    await Promise.all([booted, drained])
    // What is left of a dyno ends with it.
    signalGroup(dyno.pid, 'SIGKILL')
    await groupEnded(dyno.pid, 5000)
    await within(1000, dyno.closed)
    dyno.mute()
    const status = overdue ? KILLED : ownStatus
    const last = unwanted ? 'down' : (options.ending ?? 'crashed')
    heroku(`Process exited with status ${status}`)
    if (last !== 'down') heroku(`State changed from ${state} to ${last}`)
    options.onState(last)
    options.onExit(status)
    return status
  }
}

/** Waits for the promise, but no longer than `ms`. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([promise, sleep(ms, undefined, {signal: timer.signal}).catch(() => undefined)])
  timer.abort()
}
