import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {registryHandler, type RegistryOptions} from './handler.js'
import {ImageStore} from './image-store.js'

export type ServedRegistry = {
  store: ImageStore
  /** `localhost:<port>`, as Docker trusts it without TLS. */
  host: string
  /** Method and path of every request, oldest first. */
  requests: string[]
  /** Called with each request before the registry sees it; answers true when it has dealt with it. */
  intercept: (req: IncomingMessage, res: ServerResponse) => Promise<boolean> | boolean
  close(): Promise<void>
}

export const PASSWORD = 'the-token-of-the-user'

/** The registry alone on a port of its own, with one user; every app exists but `no-such-app`. */
export async function serveRegistry(options: Partial<RegistryOptions> = {}): Promise<ServedRegistry> {
  const dir = await mkdtemp(path.join(tmpdir(), 'registry-'))
  const store = new ImageStore(dir)
  const handle = registryHandler(store, {
    authorize: (password, app) => (password !== PASSWORD ? 'unauthorized' : app === 'no-such-app' ? 'no-app' : 'ok'),
    ...options,
  })
  const server = createServer((req, res) => {
    served.requests.push(`${req.method} ${req.url}`)
    void (async () => {
      if (!(await served.intercept(req, res))) await handle(req, res)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const served: ServedRegistry = {
    store,
    host: `localhost:${(server.address() as AddressInfo).port}`,
    requests: [],
    intercept: () => false,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dir, {recursive: true})
    },
  }
  return served
}
