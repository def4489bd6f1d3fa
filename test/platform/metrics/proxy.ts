import type {Server} from 'node:http'
import type {AddressInfo} from 'node:net'

/**
 * The stock CLI has `api.metrics.heroku.com` written into it and asks it at the API's port, with the API's protocol; no
 * variable of its own changes that. Its HTTP client obeys `HTTP_PROXY`, with CONNECT also for plain HTTP: such a connection
 * becomes one of this server. Nothing else is let through.
 */
export function tunnelMetrics(server: Server): void {
  server.on('connect', (req, socket, head) => {
    const [, host, port] = /^(.+):(\d+)$/.exec(req.url ?? '') ?? []
    const isOurs = host === 'localhost' && Number(port) === (server.address() as AddressInfo).port
    if (!isOurs && !/^api\.metrics\.(heroku|herokai)\.com$/.test(host ?? '')) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }

    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    server.emit('connection', socket)
  })
}

/**
 * Environment in which the stock CLI finds the metrics host; not part of the exports, for it is every program's proxy. The CLI
 * looks up the API's host in `NO_PROXY` before it puts in the other one: it has to be empty, and the API is asked this way too.
 */
export const metricsEnv = (url: string): Record<string, string> => ({HTTP_PROXY: url, NO_PROXY: '', no_proxy: ''})
