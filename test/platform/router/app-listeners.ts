import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Platform} from '../platform.js'
import type {AppState} from '../state/types.js'
import {routeToApp} from './app-router.js'

/**
 * Every app has a port of its own, so that `web_url` works in fetch, curl and a browser, absolute paths included:
 * `*.localhost` does not resolve everywhere, and a path in front would change what the app is asked for.
 */
export class AppListeners {
  readonly #servers = new Map<string, Server>()

  async open(platform: Platform, app: AppState): Promise<void> {
    const server = createServer((req, res) => void routeToApp(platform, app, req, res))
    app.routerPort = await listen(server, app.routerPort ?? 0).catch(() => listen(server, 0))
    this.#servers.set(app.id, server)
  }

  async closeOne({id}: AppState): Promise<void> {
    const server = this.#servers.get(id)
    this.#servers.delete(id)
    if (server) await close(server)
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) await close(server)
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}

/** Longer than any client's pool keeps a connection: a request must not meet a server that hangs up on an idle one. */
const keepAliveMs = 120_000

/** On IPv4 loopback; resolves with the port. */
export function listen(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = keepAliveMs
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
