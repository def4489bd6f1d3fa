import {randomUUID} from 'node:crypto'
import {request, type IncomingMessage, type ServerResponse} from 'node:http'
import type {Dyno} from '../formation/dyno.js'
import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {errorPage, routerErrors, type RouterError} from './errors.js'

/** H12 (platform-facts §8.4). */
const requestTimeoutMs = 30_000
/** H20: how long a request waits for a dyno that boots. */
const bootWaitMs = 75_000

let turn = 0

/** What stands between the public and an app's web dynos (platform-facts §4, §12). */
export async function routeToApp(
  platform: Platform,
  app: AppState,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const started = performance.now()
  const gone = new AbortController()
  res.on('close', () => gone.abort())
  let connect = ''
  const say = (error: RouterError, dyno?: Dyno) => {
    const {at, code, desc} = error
    // The platform's own wait is told in its own time.
    const ms = error === routerErrors.timeout ? requestTimeoutMs : Math.round(performance.now() - started)
    const status = error === routerErrors.clientGone ? 499 : 503
    const about = [
      `at=${at} code=${code} desc="${desc}" method=${req.method} path="${req.url}" host=${req.headers.host ?? ''}`,
      `request_id=${req.headers['x-request-id'] ?? randomUUID()} fwd="${req.socket.remoteAddress ?? ''}"`,
      `dyno=${dyno?.name ?? ''} connect=${connect} service=${dyno ? `${ms}ms` : ''} status=${status} bytes= protocol=http`,
    ]
    platform.log(app.name).write('heroku', 'router', about.join(' '))
    if (res.headersSent || res.destroyed) res.destroy()
    else errorPage(res, code)
  }

  if (app.maintenance) return say(routerErrors.maintenance)
  const dyno = await dynoFor(platform, app, gone.signal)
  if (gone.signal.aborted) return
  if (typeof dyno === 'string') return say(routerErrors[dyno])
  const asked = performance.now()
  const connected = () => (connect = `${Math.round(performance.now() - asked)}ms`)
  await forward(platform, dyno, req, res, connected).catch((error: RouterError) => {
    say(gone.signal.aborted ? routerErrors.clientGone : error, dyno)
  })
}

/** The next web dyno that is up; a request waits for one that boots. */
async function dynoFor(
  platform: Platform,
  app: AppState,
  signal: AbortSignal,
): Promise<Dyno | 'bootTimeout' | 'crashed' | 'noWeb'> {
  const deadline = Date.now() + platform.time.real(bootWaitMs)
  while (!signal.aborted && Date.now() < deadline) {
    const web = platform.dynos(app).routable()
    const up = web.filter((dyno) => dyno.state === 'up')
    const next = up[(turn += 1) % up.length]
    if (next) return next
    if (!app.formation.web?.quantity || !currentRelease(app)?.images.web) return 'noWeb'
    if (web.length > 0 && web.every((dyno) => dyno.state === 'crashed')) return 'crashed'
    await new Promise((resolve) => setTimeout(resolve, 10))
  }

  return 'bootTimeout'
}

/** Resolves once the answer was passed on; rejects with the router's error when the dyno gave none. */
function forward(
  platform: Platform,
  dyno: Dyno,
  req: IncomingMessage,
  res: ServerResponse,
  connected: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const forwarded = {'x-forwarded-for': req.socket.remoteAddress ?? '', 'x-forwarded-proto': 'http'}
    // A connection kept alive would keep a dyno that drains waiting for it.
    const headers = {...req.headers, ...forwarded, connection: 'close'}
    const onward = request(
      {host: 'localhost', port: dyno.process.port, method: req.method, path: req.url, headers, agent: false},
      (answer) => {
        clearTimeout(timer)
        res.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders))
        answer.pipe(res)
        answer.on('end', resolve).on('error', () => reject(routerErrors.closed))
      },
    )
    const timer = setTimeout(() => {
      reject(routerErrors.timeout)
      onward.destroy()
    }, platform.time.real(requestTimeoutMs))
    onward.on('socket', (socket) => socket.once('connect', connected))
    onward.on('error', () => {
      clearTimeout(timer)
      reject(routerErrors.closed)
    })
    res.on('close', () => onward.destroy())
    req.pipe(onward)
  })
}

/** Headers that are about the dyno's connection and not the client's stay behind. */
function endToEnd(raw: string[]): string[] {
  const pairs = raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []))
  return pairs.filter(([name = '']) => !/^(connection|keep-alive|transfer-encoding)$/i.test(name)).flat()
}
