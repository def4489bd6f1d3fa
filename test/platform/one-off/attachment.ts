import {once} from 'node:events'
import type {TLSSocket} from 'node:tls'
import type {AttachedProcess} from '../dynos/spawn-dyno.js'
import {signalGroup} from '../dynos/process-group.js'
import type {Platform} from '../platform.js'
import type {AppState} from '../state/types.js'
import {asTerminalOutput, noTerminal, terminal} from './line-discipline.js'
import {Outgoing} from './outgoing.js'

/** A dyno's way to its client. */
export type Attachment = {
  url: string
  /** Resolves when the process has ended and all it wrote was handed on. */
  take(process: AttachedProcess): Promise<void>
  /** The dyno is over; a client of one that never had a process is sent away. */
  close(): void
}

/** R13, and how often and how far apart SIGHUP is sent before R16 (platform-facts §5.2; Dev Center, error codes). */
const attachMs = 30_000
const hangUps = 3
const hangUpMs = 5000
/**
 * A dyno needs a while from `rendezvous` to its first output; a client that says something is not kept waiting. The stock CLI
 * dies of EPIPE when the connection closes before it has seen its own stdin end, which the real platform's slowness hides.
 */
const startMs = 1000
/** Without a byte either way (platform-facts §5.2). */
const idleMs = 3_600_000

/** A place where one client may meet the dyno, and what happens when they do (platform-facts §5.2). */
export function openAttachment(
  platform: Platform,
  app: AppState,
  {name, tty}: {name: string; tty: boolean},
): Attachment {
  const {rendezvous, time} = platform
  const place = rendezvous.open()
  const knobs = platform.knobs(app.name)
  const heroku = (text: string) => platform.log(app.name).write('heroku', name, text)
  const blocked = place.url.replace(/:\d+\//, ':1/')
  let taken = false
  return {
    url: knobs.rendezvousBlocked ? blocked : place.url,
    take,
    close() {
      place.close()
      if (!taken) void place.client.then((client) => client?.destroy())
    },
  }

  async function take(process: AttachedProcess): Promise<void> {
    taken = true
    const said = once(process.output, 'close')
    const tooLate = time.after(attachMs, () => {
      heroku('Error R13 (Attach error) -> Failed to attach to process')
      place.close()
    })
    void process.exited.then(() => place.close())
    const client = await place.client
    tooLate()
    if (client) await join(client, process, said)
    else {
      process.begin(false)
      process.output.resume()
      await said
    }
  }

  async function join(client: TLSSocket, process: AttachedProcess, said: Promise<unknown>): Promise<void> {
    const out = new Outgoing(client, knobs)
    const type = tty ? terminal() : noTerminal
    let running = true
    const begin = () => process.begin(true)
    const cancelStart = time.after(startMs, begin)
    client.setTimeout(time.real(idleMs))
    client.once('data', begin)
    client.on('data', (bytes: Buffer) => {
      const {echo, end, input, signals} = type(bytes)
      out.write(echo)
      for (const signal of signals) signalGroup(process.pid, signal)
      if (input.length > 0) process.input.write(input)
      if (end) process.input.end()
    })
    process.output.on('data', (bytes: Buffer) => out.write(tty ? asTerminalOutput(bytes) : bytes))
    const gone = () => {
      if (running) void hangUp(process)
    }

    if (client.destroyed) gone()
    else client.once('close', gone)
    client.resume()
    await Promise.all([said, process.exited])
    cancelStart()
    running = false
    out.end()
  }

  /** It goes on running when it takes no notice: nobody kills it before its day is over. */
  async function hangUp(process: AttachedProcess): Promise<void> {
    for (let i = 0; i < hangUps; i += 1) {
      heroku('Client connection closed. Sending SIGHUP to all processes')
      signalGroup(process.pid, 'SIGHUP')
      if (await endsWithin(hangUpMs, process)) return
    }

    heroku(
      'Error R16 (Detached) -> An attached process is not responding to SIGHUP after its external connection was closed.',
    )
  }

  function endsWithin(ms: number, {exited}: AttachedProcess): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = time.after(ms, () => resolve(false))
      void exited.then(() => {
        cancel()
        resolve(true)
      })
    })
  }
}
