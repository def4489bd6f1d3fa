import {type ChildProcess, spawn} from 'node:child_process'
import {constants} from 'node:os'
import type {Readable, Writable} from 'node:stream'
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

/** The process of an attached dyno: it is there, and waits to be told whether anybody is. */
export type AttachedProcess = {
  /** Of the process and of its group. */
  pid: number
  exited: Promise<number>
  input: Writable
  /** Standard output and standard error, as they come. */
  output: Readable
  /** Lets it run; without a client it ends with status 128, as after R13 (heroku/legacy-cli#746). */
  begin(client: boolean): void
}

/** Takes the streams of an attached process; resolves when nothing more comes from it. */
export type Take = (process: AttachedProcess) => Promise<void>

export type SpawnOptions = {
  command: string
  cwd: string
  env: Record<string, string>
  port?: number
  /** Instead of lines for the log. */
  take?: Take
}

/** File descriptor 3 is the gate; both outputs are one, so that their order holds. */
const awaitingClient = 'exec 2>&1; read -r _ <&3 || exit 128; exec 3<&-\n'

/** `/bin/sh -c` in a process group of its own, its output line by line, or with its streams in the hands of `take`. */
export function spawnDyno(options: SpawnOptions, onLine: (line: string) => void): DynoProcess {
  const {take} = options
  const child = spawn('/bin/sh', ['-c', take ? awaitingClient + options.command : options.command], {
    cwd: options.cwd,
    detached: true,
    env: {
      PATH: process.env.PATH,
      ...options.env,
      ...(options.port === undefined ? {} : {PORT: String(options.port)}),
    },
    stdio: take ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid ?? 0
  if (pid > 0) adopt(pid)
  const exited = statusOf(child, onLine)
  const [input, stdout, stderr] = child.stdio
  if (!stdout || !stderr) throw new Error('A dyno has no streams')
  const closed =
    take && input
      ? take({pid, exited, input: tolerant(input), output: stdout, begin: gateOf(child)})
      : Promise.all([stdout, stderr].map((stream) => byLine(stream, onLine))).then(() => undefined)
  return {
    pid,
    exited,
    closed,
    mute() {
      stdout.destroy()
      stderr.destroy()
    },
  }
}

function gateOf(child: ChildProcess): (client: boolean) => void {
  const gate = tolerant(child.stdio[3] as Writable)
  return (client) => {
    if (!gate.writableEnded) gate.end(client ? '\n' : undefined)
  }
}

/** Whoever reads it may be gone already. */
const tolerant = (stream: Writable): Writable => stream.on('error', () => {})

function statusOf(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 0)))
    child.once('error', (error) => {
      onLine(`Can't start: ${error.message}`)
      resolve(127)
    })
  })
}
