import {spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {startServer} from './loopback-server.js'

/** A memcached of its own on loopback that wants SASL PLAIN, as MemCachier's servers do. */
export type RealMemcached = {
  /** `127.0.0.1:port`. */
  server: string
  username: string
  password: string
  stop(): Promise<void>
}

/** Starts one. @param more arguments, as `-F` (no flush). @throws Error with what it says, when it does not come up */
export async function startMemcached(more: string[] = []): Promise<RealMemcached> {
  const folder = await mkdtemp(path.join(tmpdir(), 'memcached-'))
  const remove = () => rm(folder, {recursive: true, force: true, maxRetries: 5})
  try {
    const [username, password] = ['cache-user', randomBytes(12).toString('hex')]
    const users = path.join(folder, 'users')
    await addUser(users, username, password)
    const settings = ['mech_list: plain', 'pwcheck_method: auxprop', 'auxprop_plugin: sasldb', `sasldb_path: ${users}`]
    await writeFile(path.join(folder, 'memcached.conf'), settings.join('\n'))
    const portFile = path.join(folder, 'port')
    const argv = ['memcached', '-S', '-v', '-v', '-l', '127.0.0.1', '-p', '-1', ...more]
    if (process.getuid?.() === 0) argv.push('-u', 'root')
    const server = await startServer(argv, (said) => said.includes('server listening'), {
      SASL_CONF_PATH: folder,
      MEMCACHED_PORT_FILENAME: portFile,
    })
    return {
      server: `127.0.0.1:${await portIn(portFile)}`,
      // A user without a realm is one of this machine's name.
      username: `${username}@${REALM}`,
      password,
      stop: () => server.stop().then(remove),
    }
  } catch (error) {
    await remove()
    throw error
  }
}

const REALM = 'test'

async function addUser(file: string, username: string, password: string): Promise<void> {
  const argv = ['-p', '-c', '-a', 'memcached', '-u', REALM, '-f', file, username]
  const child = spawn('saslpasswd2', argv, {
    env: {PATH: `${process.env.PATH}:/usr/sbin`},
    stdio: ['pipe', 'ignore', 'inherit'],
    timeout: 20_000,
  })
  child.stdin?.end(password)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`saslpasswd2 ended with ${code}`)
}

/** It writes the port it got a moment after it listens. */
async function portIn(file: string): Promise<string> {
  for (let left = 500; left > 0; left -= 1) {
    const port = /^TCP INET: (\d+)/m.exec(await readFile(file, 'utf8').catch(() => ''))?.[1]
    if (port) return port
    await sleep(20)
  }
  throw new Error('memcached does not say its port')
}
