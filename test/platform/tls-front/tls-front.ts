import type {Socket} from 'node:net'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {createServer, type Server} from 'node:tls'
import type {LocalHeroku} from '../index.js'
import {writeCaFile} from '../one-off/ca-file.js'
import {throwAwayCertificate} from '../one-off/certificate.js'
import {addHosts} from './hosts-file.js'

/** The local Heroku as a host of its own: https on port 443, where the stock CLI finds a registry by name. */
export type TlsFront = {
  /** `registry.heroku.localhost`: what image names begin with. */
  registry: string
  /** What a client must have in its environment, instead of the local Heroku's `env`. */
  env: Record<string, string>
  /** Ends its connections and takes the names out of the hosts file; the local Heroku goes on. */
  stop(): Promise<void>
}

const HOST = 'heroku.localhost'
const NAMES = [`api.${HOST}`, `registry.${HOST}`, HOST]
const PORT = 443

/**
 * `container:push`, `:release`, `:login`, `:rm` derive `registry.<host>` from HEROKU_HOST and drop its port, so they need a local
 * Heroku with names and port 443. Only root may have those.
 * @param options.engine DOCKER_HOST of an engine that is to push to it; it is waited for
 * @param options.patienceMs how long to wait for the port, in real milliseconds: another test may have it; 0 when left out
 * @throws Error that says what is missing: the right, the port, the hosts file, or an engine that reads it
 */
export async function startTlsFront(
  heroku: LocalHeroku,
  {engine, patienceMs = 0}: {engine?: string | undefined; patienceMs?: number} = {},
): Promise<TlsFront> {
  const {ca, cert, key} = throwAwayCertificate(NAMES)
  const sockets = new Set<Socket>()
  const server = createServer({cert, key}, (socket) => void heroku.server.emit('connection', socket))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A client that does not trust us hangs up; that is its affair.
  server.on('tlsClientError', () => {})
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  await listen(server, Date.now() + patienceMs)
  const folder = await mkdtemp(path.join(tmpdir(), 'tls-front-'))
  try {
    const removeHosts = addHosts(NAMES, '/etc/hosts')
    if (engine)
      await reachable(engine, heroku.apiKey).catch((error) => {
        removeHosts()
        throw error
      })
    return {
      registry: `registry.${HOST}`,
      env: frontEnv(heroku, writeCaFile(folder, ca, heroku.env.NODE_EXTRA_CA_CERTS)),
      async stop() {
        // As long as the port is ours, nobody else writes the names.
        removeHosts()
        await close()
        await rm(folder, {recursive: true, force: true})
      },
    }
  } catch (error) {
    await close()
    await rm(folder, {recursive: true, force: true})
    throw error
  }
}

/** Found by trial: the stock CLI shows its token to Heroku's hosts and `localhost` only, and drops a port of HEROKU_DATA_HOST. */
function frontEnv(heroku: LocalHeroku, caFile: string): Record<string, string> {
  return {
    ...heroku.env,
    HEROKU_HOST: HOST,
    HEROKU_HEADERS: JSON.stringify({authorization: `Bearer ${heroku.apiKey}`}),
    HEROKU_DATA_HOST: `api.${HOST}`,
    NODE_EXTRA_CA_CERTS: caFile,
  }
}

/** Go's resolver keeps a hosts file for 5 s (net/hosts.go), so an engine may not know the names yet. */
async function reachable(engine: string, password: string): Promise<void> {
  const {default: Docker} = await import('dockerode')
  const docker = new Docker({socketPath: engine.replace('unix://', '')})
  for (const deadline = Date.now() + 20_000; ; await sleep(200)) {
    try {
      await docker.checkAuth({username: '_', password, serveraddress: `https://registry.${HOST}`})
      return
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`The engine does not reach the TLS front: ${(error as Error).message}`)
    }
  }
}

async function listen(server: Server, deadline: number): Promise<void> {
  for (;;) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve)
      server.listen(PORT, '127.0.0.1', () => {
        server.off('error', resolve)
        resolve(undefined)
      })
    })
    if (!error) return
    if (error.code === 'EACCES')
      throw new Error(`The TLS front needs port ${PORT} of 127.0.0.1, which only root may have`)
    if (error.code !== 'EADDRINUSE') throw error
    if (Date.now() >= deadline)
      throw new Error(`The TLS front needs port ${PORT} of 127.0.0.1, and it is in use: stop what listens there`)
    await sleep(200)
  }
}
