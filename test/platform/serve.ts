import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {serveFaulty} from './api/faults.js'
import {serveApi} from './api/server.js'
import {serveBackup} from './data/backup-files.js'
import {serveData} from './data/serve.js'
import {serveLogSession} from './logs/session.js'
import {isMetricsPath, metricsRoutes} from './metrics/routes.js'
import {findApp, type Platform} from './platform.js'
import {recordAnswer} from './recording.js'
import {registryHandler} from './registry/handler.js'
import {allRoutes} from './resources/all.js'
import {routeToApp} from './router/app-router.js'

/** One thing that was asked of the platform; `status` 0 = no answer (yet, or ever). */
export type AskedRequest = {
  method: string
  /** With its query. */
  path: string
  status: number
  accept: string
  /** With Accept-Expansion or Accept-Inclusion: the answer holds more than the schema says. */
  extended: boolean
  /** What the Platform API answered, parsed. */
  body?: unknown
}

type Serve = (req: IncomingMessage, res: ServerResponse, asked: AskedRequest) => Promise<void> | void

/**
 * The one server of the local Heroku: API, registry, log sessions, release output, and apps by Host `<app>.localhost`.
 * @param latency `ms`: how much later everything but apps is answered, in real milliseconds; may be set at any time
 */
export function platformServer(platform: Platform, requests: AskedRequest[], latency: {ms: number}): Server {
  const serve = serves(platform)
  return createServer((req, res) => {
    // The CLI asks /account of Particleboard too; our exports mark those calls, and they are not the API's.
    if (req.headers['x-particleboard']) {
      res.writeHead(404, {'Content-Type': 'application/json'}).end('{}')
      return
    }

    const app = findApp(platform.state, /^([\w-]+)\.localhost(:\d+)?$/.exec(req.headers.host ?? '')?.[1] ?? '')
    if (app) {
      void routeToApp(platform, app, req, res)
      return
    }

    const path = req.url ?? '/'
    const extended = Boolean(req.headers['accept-expansion'] ?? req.headers['accept-inclusion'])
    const asked: AskedRequest = {
      method: req.method ?? 'GET',
      path,
      status: 0,
      accept: req.headers.accept ?? '',
      extended,
    }
    requests.push(asked)
    if (latency.ms === 0) answer(req, res, asked)
    else setTimeout(() => answer(req, res, asked), latency.ms).unref()
  })

  function answer(req: IncomingMessage, res: ServerResponse, asked: AskedRequest): void {
    const fault = platform.faults.strike(asked.method, asked.path)
    if (fault) {
      void serveFaulty(fault, req, res, async (heard, unheard) => serve(heard, unheard, asked)).then((status) => {
        asked.status = status
      })
      return
    }

    res.on('finish', () => {
      asked.status = res.statusCode
    })
    void serve(req, res, asked)
  }
}

function serves(platform: Platform): Serve {
  const {apiKey, images, state, streams} = platform
  const registry = registryHandler(images, {
    nameOf: (app) => findApp(state, app)?.name,
    authorize(password, app) {
      if (password !== apiKey) return 'unauthorized'
      if (app === undefined) return 'ok'
      const known = findApp(state, app)
      if (!known) return 'no-app'
      return platform.knobs(known.name).forbidden ? 'unauthorized' : 'ok'
    },
  })
  return async (req, res, asked) => {
    const {pathname} = new URL(req.url ?? '/', 'http://localhost')
    const [, part, id = ''] = pathname.split('/')
    if (part === 'v2') return registry(req, res)
    if (part === 'client') return serveData(platform, req, res)
    if (part === 'backups') return serveBackup(platform, id, req, res)
    if (part === 'logplex') return serveLogSession(platform, id, req, res)
    const stream = part === 'streams' ? streams.get(id) : undefined
    if (stream) return stream.serve(req, res)
    if (isMetricsPath(pathname)) return void (await serveApi(platform, metricsRoutes, req, res))
    const {body, status} = await serveApi(platform, allRoutes, req, res)
    // Whatever becomes of it on its way: what the API said is what is judged.
    recordAnswer({method: asked.method, path: pathname, accept: asked.accept, extended: asked.extended, status, body})
    asked.body = body
  }
}
