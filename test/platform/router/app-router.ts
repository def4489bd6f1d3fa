import {randomUUID} from 'node:crypto'
import {request, type IncomingMessage, type ServerResponse} from 'node:http'
import type {Dyno} from '../formation/dyno.js'
import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {errorPage, routerErrors, type RouterError} from './errors.js'
import {routerLine, type Outcome} from './lines.js'

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
  const requestId = [req.headers['x-request-id']].flat()[0] ?? randomUUID()
  const gone = new AbortController()
  res.on('close', () => gone.abort())
  const passed: Passed = {connect: ''}
  const say = (error?: RouterError, dyno?: Dyno) => {
    // The platform's own wait is told in its own time.
    const ms = error === routerErrors.timeout ? requestTimeoutMs : Math.round(performance.now() - started)
    const {bytes, connect, status = 503} = passed
    const outcome: Outcome = {
      ...(error && {error}),
      dyno: dyno?.name,
      connect,
      service: dyno && ms,
      status: error === routerErrors.clientGone ? 499 : status,
      bytes,
    }
    platform.log(app.name).write('heroku', 'router', routerLine(req, requestId, outcome))
    if (!error) return
    if (res.headersSent || res.destroyed) res.destroy()
    else errorPage(res, error.code)
  }

  if (app.maintenance) return say(routerErrors.maintenance)
  const bad = badLuck(platform, app)
  if (bad === 'H99') return say(routerErrors.platform)
  const dyno = await dynoFor(platform, app, gone.signal)
  if (gone.signal.aborted) return
  if (typeof dyno === 'string') return say(routerErrors[dyno])
  req.headers['x-request-id'] = requestId
  await forward(platform, dyno, req, res, passed, bad === 'H18').then(
    () => say(undefined, dyno),
    (error: RouterError) => say(gone.signal.aborted ? routerErrors.clientGone : error, dyno),
  )
}

/** Counts the request when the knob says that it has to fail. */
function badLuck(platform: Platform, app: AppState): 'H18' | 'H99' | undefined {
  const {routerError} = platform.knobs(app.name)
  if (!routerError || routerError.times < 1) return undefined
  routerError.times -= 1
  return routerError.code
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
    if (web.length > 0 && web.every((dyno) => platform.dynos(app).coolsOff(dyno))) return 'crashed'
    await new Promise((resolve) => setTimeout(resolve, 10))
  }

  return 'bootTimeout'
}

/** What has come through so far: `connect` as in the line, status and bytes of the body once the dyno answers. */
type Passed = {connect: string; status?: number; bytes?: number}

/** Resolves once the answer was passed on; rejects with the router's error when the dyno gave none, or none to the end. */
function forward(
  platform: Platform,
  dyno: Dyno,
  req: IncomingMessage,
  res: ServerResponse,
  passed: Passed,
  cut: boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = performance.now()
    const forwarded = {'x-forwarded-for': req.socket.remoteAddress ?? '', 'x-forwarded-proto': 'http'}
    // A connection kept alive would keep a dyno that drains waiting for it.
    const headers = {...req.headers, ...forwarded, connection: 'close'}
    const onward = request(
      {host: 'localhost', port: dyno.process.port, method: req.method, path: req.url, headers, agent: false},
      (answer) => {
        clearTimeout(timer)
        passed.status = answer.statusCode ?? 502
        passed.bytes = 0
        res.writeHead(passed.status, endToEnd(answer.rawHeaders))
        if (cut) {
          reject(routerErrors.cut)
          onward.destroy()
          return
        }

        answer.on('data', (data: Buffer) => (passed.bytes = (passed.bytes ?? 0) + data.length))
        answer.pipe(res)
        answer.on('end', resolve)
        answer.on('error', () => {}).on('close', () => reject(routerErrors.cut))
      },
    )
    const timer = setTimeout(() => {
      reject(routerErrors.timeout)
      onward.destroy()
    }, platform.time.real(requestTimeoutMs))
    onward.on('socket', (socket) =>
      socket.once('connect', () => (passed.connect = `${Math.round(performance.now() - asked)}ms`)),
    )
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
