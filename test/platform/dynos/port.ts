import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

/** Resolves true once somebody listens on the port, on either loopback; false when `signal` aborts first. */
export async function portBound(port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => canConnect(host, port)))
    if (answers.includes(true)) return !signal.aborted
    await sleep(25, undefined, {signal}).catch(() => undefined)
  }
  return false
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({host, port})
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => end(false))
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}
