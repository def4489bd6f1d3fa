import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createServer, type AddressInfo} from 'node:net'

const COMES_UP_MS = 30_000

/** A server of a test's own. */
export type LoopbackServer = {
  /** Ends it and waits for it. */
  stop(): Promise<void>
}

/**
 * Starts a server that runs in the foreground and lasts no longer than this process, however that goes.
 * @param ready tells from everything it has said so far that it answers
 * @throws Error with what it said, when it does not come up
 */
export async function startServer(
  argv: string[],
  ready: (said: string) => boolean,
  env: NodeJS.ProcessEnv = {},
): Promise<LoopbackServer> {
  // Its input is ours: when this process is gone, the shell reads the end of it.
  const script = 'exec 3<&0; "$@" </dev/null 3<&- & server=$!; (read -r _ <&3; kill $server 2>/dev/null) & wait $server'
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...argv], {
    env: {PATH: `${process.env.PATH}:/usr/sbin`, LC_ALL: 'C.UTF-8', ...env},
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stop = () => end(child)
  try {
    await comesUp(child, ready, argv[0] ?? '')
    return {stop}
  } catch (error) {
    await stop()
    throw error
  }
}

/** A port that is free now, for servers that take no port 0: whoever uses it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function comesUp(child: ChildProcess, ready: (said: string) => boolean, name: string): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const failed = () => reject(new Error(`${name} does not come up: ${said.trim().slice(-2000)}`))
    const timer = setTimeout(failed, COMES_UP_MS)
    const over = (settle: () => void) => {
      clearTimeout(timer)
      settle()
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-100_000)
        if (ready(said)) over(resolve)
      })
    }
    child.on('error', (error) => over(() => reject(error))).on('exit', () => over(failed))
  })
}

async function end(child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
  child.stdin?.end()
  await exited
}
