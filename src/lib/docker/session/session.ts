import {createHash, randomUUID} from 'node:crypto'
import {hostname} from 'node:os'

import type {Transport} from '../transport.js'
import {serve, type Method} from './grpc.js'
import {health} from './health.js'

/** A BuildKit session: the engine calls back on it while it builds. */
export type Session = {id: string; close(): void}

/** How long an engine that took the connection may take to speak, in milliseconds. */
const OPENING_MS = 10_000

/**
 * Opens a session with these services. `sharedKey` names what is synced, so that the engine finds the files it already has.
 * @throws EngineRefused, or the connection's error
 */
export async function openSession(
  transport: Transport,
  services: Method[],
  about: {sharedKey: string; signal?: AbortSignal},
): Promise<Session> {
  const id = randomUUID()
  const methods = [health(), ...services]
  const socket = await transport.hijack(
    '/session',
    {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'heroku-pipeline-ship',
      'X-Docker-Expose-Session-Sharedkey': createHash('sha256')
        .update(`${hostname()}:${about.sharedKey}`)
        .digest('hex'),
      'X-Docker-Expose-Session-Grpc-Method': methods.map(({path}) => path),
    },
    about.signal,
  )
  const connection = serve(socket, methods)
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the engine does not speak on the session for ${OPENING_MS / 1000} s`)),
      OPENING_MS,
    )
  })
  try {
    await Promise.race([connection.opened, silence])
    return {id, close: connection.close}
  } catch (error) {
    connection.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
