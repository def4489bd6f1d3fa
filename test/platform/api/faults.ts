import {ServerResponse, type IncomingMessage} from 'node:http'
import {Duplex} from 'node:stream'
import type {Socket} from 'node:net'

/**
 * What goes wrong with a request, by moment: `before` the effect does not happen; `after` it happens and the answer is the
 * error; `lost` it happens and the connection is cut; `hang` it happens and no answer ever comes.
 */
export type Fault = {
  method: string
  /** Tested against path and query. */
  path: RegExp
  moment: 'after' | 'before' | 'hang' | 'lost'
  /** Of the error; default 503. */
  status?: number
  /** Text is sent as HTML, anything else as JSON. */
  body?: unknown
  headers?: Record<string, string>
  /** How often it strikes; default once. */
  times?: number
}

/** A fault that was set, and how often it has struck. */
export type SetFault = Fault & {hits: number}

export class Faults {
  #set: SetFault[] = []

  add(fault: Fault): SetFault {
    const set = {...fault, hits: 0}
    this.#set.push(set)
    return set
  }

  clear(): void {
    this.#set = []
  }

  /** The fault for this request, counted. */
  strike(method: string, path: string): SetFault | undefined {
    const fault = this.#set.find((one) => one.method === method && one.path.test(path) && one.hits < (one.times ?? 1))
    if (fault) fault.hits += 1
    return fault
  }
}

/** Lets `serve` have its effect as the fault's moment says, then answers as it says. Resolves with the status sent; 0 = none. */
export async function serveFaulty(
  fault: Fault,
  req: IncomingMessage,
  res: ServerResponse,
  serve: (req: IncomingMessage, res: ServerResponse) => Promise<void>,
): Promise<number> {
  if (fault.moment === 'before') req.resume()
  else await serve(req, unheardResponse(req))
  if (fault.moment === 'hang') return 0
  if (fault.moment === 'lost') {
    req.socket.destroy()
    return 0
  }

  const status = fault.status ?? 503
  const body = fault.body ?? {id: 'service_unavailable', message: 'Service temporarily unavailable.'}
  const html = typeof body === 'string'
  res.writeHead(status, {'Content-Type': html ? 'text/html' : 'application/json', ...fault.headers})
  res.end(html ? body : JSON.stringify(body))
  return status
}

/** A response that a handler can write to the end, and that nobody hears. */
function unheardResponse(req: IncomingMessage): ServerResponse {
  const nowhere = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done()
    },
  })
  const response = new ServerResponse(req)
  response.assignSocket(nowhere as Socket)
  return response
}
