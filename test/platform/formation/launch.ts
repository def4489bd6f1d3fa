import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type AddressInfo} from 'node:net'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {commandOf, dynoEnv} from '../dynos/command-of.js'
import {startDyno, type DynoRun, type DynoState} from '../dynos/dyno-run.js'
import type {Attachment} from '../one-off/attachment.js'
import type {Platform} from '../platform.js'
import type {AppState, ReleaseState} from '../state/types.js'

export type Launch = {
  name: string
  /** Whose image runs; its `command` of the formation applies unless a command is given. */
  type: string
  command?: string
  release: ReleaseState
  env?: Record<string, string>
  /** Ends as `complete`; its port is nobody's business. */
  oneOff?: boolean
  /** Where its client is to come; nothing the dyno says is logged then. */
  attachment?: Attachment
  onOutput?(text: string): void
  onState(state: DynoState): void
}

/** A process of a dyno. `exited` resolves with its status, never rejects. */
export type LaunchedDyno = {
  command: string
  port: number
  exited: Promise<number>
  /** SIGTERM, 30 s, SIGKILL. */
  stop(): Promise<number>
  /** SIGKILL now. */
  kill(): void
  /** SIGKILL now; it then has crashed (R15). */
  killForMemory(): void
}

/** Until R10 (platform-facts §3.6). */
export const bootTimeoutMs = 60_000
const killAfterMs = 30_000

/** The command a dyno of this type shows and runs. */
export function commandFor(platform: Platform, release: ReleaseState, type: string, command?: string): string {
  const digest = release.images[type]
  return command ?? release.commands[type] ?? (digest ? commandOf(platform.images.imageConfig(digest)).command : '')
}

/** Unpacks the image into a folder of its own and runs it there; the folder goes when the process has gone. */
export function launch(platform: Platform, app: AppState, {onOutput, ...wish}: Launch): LaunchedDyno {
  const command = commandFor(platform, wish.release, wish.type, wish.command)
  const log = platform.log(app.name)
  const knobs = platform.knobs(app.name)
  const dyno: LaunchedDyno = {
    command,
    port: 0,
    exited: Promise.resolve(1),
    stop: () => dyno.exited,
    kill() {},
    killForMemory() {},
  }
  let stopping = false
  dyno.exited = (async () => {
    const digest = wish.release.images[wish.type]
    const folder = await mkdtemp(path.join(platform.scratch, 'dyno-'))
    try {
      if (!digest) throw new Error(`no image for ${wish.type}`)
      const [port] = await Promise.all([freePort(), platform.images.unpack(digest, folder)])
      if (stopping) return 143
      const image = commandOf(platform.images.imageConfig(digest))
      dyno.port = port
      if (wish.attachment) log.write('heroku', wish.name, 'Awaiting client')
      return await new Promise<number>((resolve) => {
        const running = startDyno({
          name: wish.name,
          command: crashes(platform, app, wish) ? 'exit 1' : `${knobs.ignoreSigterm ? "trap '' TERM; " : ''}${command}`,
          cwd: path.join(folder, image.cwd),
          env: dynoEnv(folder, image.env, {
            ...wish.release.configVars,
            ...wish.env,
            DYNO: wish.name,
            PORT: String(port),
          }),
          ...(wish.attachment && {take: wish.attachment.take}),
          ...(wish.oneOff ? {ending: 'complete'} : wish.type === 'web' && {port}),
          bootTimeoutMs: platform.time.real(bootTimeoutMs),
          killAfterMs: platform.time.real(killAfterMs),
          log(source, name, text) {
            log.write(source, name, text)
            if (source === 'app') onOutput?.(text)
          },
          onState: wish.onState,
          onExit: resolve,
        })
        dyno.stop = () => stopLater(running, knobs.drainMs)
        dyno.kill = () => running.kill()
        dyno.killForMemory = () => running.killForMemory()
      })
    } catch (error) {
      log.write('heroku', wish.name, `Error R99 (Platform error) -> ${(error as Error).message}`)
      wish.onState('crashed')
      return 1
    } finally {
      await rm(folder, {recursive: true, force: true, maxRetries: 3})
    }
  })()
  dyno.stop = () => {
    stopping = true
    return dyno.exited
  }
  return dyno
}

/** SIGTERM, as late as the knob says. */
async function stopLater(running: DynoRun, drainMs: number): Promise<number> {
  if (drainMs > 0) await sleep(drainMs)
  return running.stop()
}

function crashes(platform: Platform, app: AppState, {type, release}: Launch): boolean {
  const knob = platform.knobs(app.name).crashOnBoot
  return knob !== undefined && knob.types.includes(type) && release.version > (knob.afterVersion ?? 0)
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const {port} = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
