import {type ChildProcess, spawn} from 'node:child_process'
import {StringDecoder} from 'node:string_decoder'
import {setTimeout as sleep} from 'node:timers/promises'

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 2000
/** What a command has written is still read when it has ended; what it left in the background is not waited for. */
const REST_MS = 1000
/** A line without end is cut here, in characters. */
const LONGEST_LINE = 16_384

/** A shell command on this machine. */
export type Hook = {
  command: string
  /** The whole environment it gets. */
  env: NodeJS.ProcessEnv
  timeoutMs: number
  /** Ends it. */
  signal: AbortSignal
  /** Its output, both streams, without line ends. */
  onLine(line: string): void
}

/** How it ended; `said` is a clause about it: "exited with status 3". */
export type HookEnd = {ok: true} | {ok: false; said: string}

/**
 * Runs a command in a process group of its own: a Ctrl-C at the terminal is not the command's, and nothing that it started outlives
 * its time. Never throws: a command that can't be started has failed.
 */
export async function runHook(hook: Hook): Promise<HookEnd> {
  if (hook.signal.aborted) return {ok: false, said: 'was not started: the run was interrupted'}
  try {
    return await spawnHook(hook)
  } catch (error) {
    return notStarted(error)
  }
}

async function spawnHook({command, env, onLine, signal, timeoutMs}: Hook): Promise<HookEnd> {
  const detached = process.platform !== 'win32'
  const child = spawn(command, {shell: true, detached, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true})
  const outputs = [child.stdout, child.stderr]
  const read = outputs.map((output) => readLines(output, onLine))
  const closed = new Promise((resolve) => child.once('close', resolve))
  const ended = new Promise<HookEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ok: false, said: `can't be started (${error.code})`}),
    )
    child.once('exit', (code, killedBy) => resolve(endOf(code, killedBy)))
  })

  const over = new AbortController()
  const end = await Promise.race([ended, cutShort({signal, timeoutMs}, over.signal)])
  over.abort()
  if (typeof end === 'string') await endGroup(child)
  await Promise.race([closed, sleep(REST_MS)])
  for (const output of outputs) output.destroy()
  for (const rest of read) rest()
  return typeof end === 'string' ? {ok: false, said: end} : end
}

function notStarted(error: unknown): HookEnd {
  return {ok: false, said: `can't be started (${(error as NodeJS.ErrnoException).code})`}
}

function endOf(code: number | null, killedBy: NodeJS.Signals | null): HookEnd {
  if (code === 0) return {ok: true}
  return {ok: false, said: killedBy ? `was ended by ${killedBy}` : `exited with status ${code}`}
}

/** Why it has to end before its end; does not resolve once `over` aborts. */
function cutShort({signal, timeoutMs}: Pick<Hook, 'signal' | 'timeoutMs'>, over: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('was ended: the run was interrupted'), {signal: over})
    sleep(timeoutMs, undefined, {signal: over}).then(
      () => resolve(`was ended after ${timeoutMs / 1000} s`),
      () => {},
    )
  })
}

/** Ends it and all that it started. */
async function endGroup(child: ChildProcess): Promise<void> {
  for (let waited = 0; send(child, waited === 0 ? 'SIGTERM' : 0) && waited < GRACE_MS; waited += 50) await sleep(50)
  send(child, 'SIGKILL')
}

/** To the whole group; false when nobody is left in it. */
function send({exitCode, pid, signalCode}: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false
  try {
    if (process.platform !== 'win32') return process.kill(-pid, signal)
    return exitCode === null && signalCode === null && process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Returns what gives the last line, the one without an end. */
function readLines(output: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  output.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop()!
    for (const line of lines) onLine(line.replace(/\r$/, '').slice(0, LONGEST_LINE))
    if (rest.length <= LONGEST_LINE) return
    onLine(rest.slice(0, LONGEST_LINE))
    rest = rest.slice(LONGEST_LINE)
  })
  return () => {
    rest += decoder.end()
    if (rest) onLine(rest)
    rest = ''
  }
}
