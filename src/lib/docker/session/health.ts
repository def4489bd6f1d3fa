import {unary, type Method} from './grpc.js'
import {healthRequest, healthResponse} from './messages.js'

const SERVING = 1

/** Says that we are still there: without an answer the engine drops the session after a few seconds. */
export function health(): Method {
  return unary('/grpc.health.v1.Health/Check', {request: healthRequest, response: healthResponse}, () => ({
    status: SERVING,
  }))
}
