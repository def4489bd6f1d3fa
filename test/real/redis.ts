import {randomBytes} from 'node:crypto'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {freePort, startServer} from './loopback-server.js'
import {throwAwayCertificate} from '../platform/one-off/certificate.js'

/** A Redis server of its own, empty, on loopback, with a password as Heroku's has one and no name in front of it. */
export type RealRedis = {
  /** `redis://`, with the password. */
  url: string
  /** `rediss://`, with the password; its certificate is by an authority nobody knows, as Heroku's is. */
  tlsUrl: string
  password: string
  stop(): Promise<void>
}

/** Starts one. @param more lines for its configuration. @throws Error with what it says, when it does not come up */
export async function startRedis(more: string[] = []): Promise<RealRedis> {
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-'))
  const remove = () => rm(folder, {recursive: true, force: true, maxRetries: 5})
  try {
    const {ca, cert, key} = throwAwayCertificate(['localhost', '127.0.0.1'])
    const files = {ca, cert, key}
    for (const [name, pem] of Object.entries(files)) await writeFile(path.join(folder, name), pem, {mode: 0o600})
    const password = randomBytes(12).toString('hex')
    for (let attempt = 1; ; attempt += 1) {
      // It takes no port 0.
      const [port, tlsPort] = [await freePort(), await freePort()]
      const lines = [
        'bind 127.0.0.1',
        `port ${port}`,
        `tls-port ${tlsPort}`,
        ...Object.keys(files).map((name) => `tls-${name === 'ca' ? 'ca-cert' : name}-file ${path.join(folder, name)}`),
        'tls-auth-clients no',
        `requirepass ${password}`,
        `dir ${folder}`,
        'save ""',
        'daemonize no',
        ...more,
      ]
      const file = path.join(folder, 'redis.conf')
      await writeFile(file, lines.join('\n'), {mode: 0o600})
      try {
        const server = await startServer(['redis-server', file], (said) => said.includes('Ready to accept connections'))
        return {
          url: `redis://:${password}@127.0.0.1:${port}`,
          tlsUrl: `rediss://:${password}@127.0.0.1:${tlsPort}`,
          password,
          stop: () => server.stop().then(remove),
        }
      } catch (error) {
        if (attempt === 3 || !String(error).includes('Address already in use')) throw error
      }
    }
  } catch (error) {
    await remove()
    throw error
  }
}
