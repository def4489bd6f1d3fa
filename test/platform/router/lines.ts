import type {IncomingMessage} from 'node:http'
import type {RouterError} from './errors.js'

/** What a line of the router says of one request; what is left out has no value in it (platform-facts §8.4). */
export type Outcome = {
  error?: RouterError
  dyno?: string | undefined
  /** `1ms`, or nothing when no dyno was asked. */
  connect: string
  service?: number | undefined
  status: number
  bytes?: number | undefined
}

/** `at=info method=GET path="/" host=… request_id=… fwd="…" dyno=web.1 connect=0ms service=3ms status=200 bytes=12 protocol=http` */
export function routerLine(req: IncomingMessage, requestId: string, outcome: Outcome): string {
  const {bytes = '', connect, dyno = '', error, service, status} = outcome
  return [
    ...(error && 'sock' in error ? [`sock=${error.sock}`] : []),
    error ? `at=${error.at} code=${error.code} desc="${error.desc}"` : 'at=info',
    `method=${req.method} path="${req.url}" host=${req.headers.host ?? ''} request_id=${requestId}`,
    `fwd="${req.socket.remoteAddress ?? ''}" dyno=${dyno} connect=${connect}`,
    `service=${service === undefined ? '' : `${service}ms`} status=${status} bytes=${bytes} protocol=http`,
  ].join(' ')
}
