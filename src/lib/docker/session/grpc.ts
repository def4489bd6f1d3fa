import {EventEmitter, once} from 'node:events'
import {createServer, type IncomingHttpHeaders, type ServerHttp2Stream} from 'node:http2'
import type {Duplex} from 'node:stream'

import type {Codec} from './messages.js'

/**
 * gRPC over one connection that is there already, as much of it as BuildKit's session asks for. Not grpc-js: it hides the raw headers,
 * and Node joins a repeated header with ', ', which no one can take apart again when a .dockerignore pattern holds a comma.
 */
export type Call<In, Out> = {
  /** All values of a header, in order. */
  header(name: string): string[]
  /** The messages of the caller, ends when it has no more. */
  messages(): AsyncIterable<In>
  /** Sends one message; resolves when the connection takes more. */
  send(message: Out): Promise<void>
  /** True once the caller has gone. */
  closed(): boolean
}

export type Method = {path: string; handle(stream: ServerHttp2Stream, rawHeaders: string[]): Promise<void>}

/** Status codes of gRPC that we answer with. */
export const GRPC = {ok: 0, unknown: 2, notFound: 5, unimplemented: 12} as const

/** An error with the gRPC status it is answered with. */
export class GrpcError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** A method of a service: `handle` gets the call, its end is the end of the call. */
export function method<In, Out>(
  path: string,
  codecs: {request: Codec<In>; response: Codec<Out>},
  handle: (call: Call<In, Out>) => Promise<void>,
): Method {
  return {
    path,
    handle: (stream, rawHeaders) =>
      handle({
        header: (name) => rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name),
        async *messages() {
          for await (const bytes of frames(stream)) yield codecs.request.decode(bytes)
        },
        send: (message) => write(stream, frame(codecs.response.encode(message))),
        closed: () => stream.destroyed || stream.closed,
      }),
  }
}

/** A method with one message each way. */
export function unary<In, Out>(
  path: string,
  codecs: {request: Codec<In>; response: Codec<Out>},
  answer: (request: In) => Out | Promise<Out>,
): Method {
  return method(path, codecs, async (call) => {
    const first = await call.messages()[Symbol.asyncIterator]().next()
    if (!first.done) await call.send(await answer(first.value))
  })
}

/** Serves the methods on a connection until it closes. `opened` settles when the other end has spoken HTTP/2. */
export function serve(socket: Duplex, methods: Method[]): {opened: Promise<void>; close(): void} {
  const byPath = new Map(methods.map((m) => [m.path, m]))
  // A session that holds more than the default 10 MB of unsent frames would be torn down; backpressure keeps it far below that.
  const server = createServer({maxSessionMemory: 1000})
  const events = new EventEmitter()

  server.on('session', (session) => {
    session.once('remoteSettings', () => events.emit('opened'))
    session.on('error', (error) => events.emit('closed', error))
    session.once('close', () => events.emit('closed', new Error('the engine closed the session')))
  })
  // The fourth argument is documented, and missing in the types of an `on`.
  server.addListener('stream', (...args: unknown[]) => {
    const [stream, headers, , rawHeaders] = args as [ServerHttp2Stream, IncomingHttpHeaders, number, string[]]
    void answer(stream, headers, rawHeaders, byPath)
  })
  server.on('sessionError', () => {})
  socket.on('error', () => {})

  const opened = new Promise<void>((resolve, reject) => {
    events.once('opened', resolve)
    events.once('closed', reject)
    socket.once('close', () => reject(new Error('the engine closed the session')))
  })
  opened.catch(() => {})
  server.emit('connection', socket)
  return {opened, close: () => socket.destroy()}
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: string[],
  methods: Map<string, Method>,
): Promise<void> {
  let status: {code: number; message: string} = {code: GRPC.ok, message: ''}
  stream.on('error', () => {})
  stream.once('wantTrailers', () => {
    stream.sendTrailers({
      'grpc-status': String(status.code),
      ...(status.message && {'grpc-message': encodeURIComponent(status.message)}),
    })
  })
  stream.respond({':status': 200, 'content-type': 'application/grpc'}, {waitForTrailers: true})
  try {
    const path = String(headers[':path'])
    const method = methods.get(path)
    if (!method) throw new GrpcError(GRPC.unimplemented, `unknown method ${path}`)
    await method.handle(stream, rawHeaders)
  } catch (error) {
    status = {
      code: error instanceof GrpcError ? error.code : GRPC.unknown,
      message: error instanceof Error ? error.message : String(error),
    }
  }
  if (!stream.destroyed) stream.end()
}

const HEADER = 5

/** Every message has five bytes before it: compressed or not (we never are), and its length. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(HEADER)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

async function* frames(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0)
  // Leaving the loop early must not destroy the stream: the answer still goes out on it.
  for await (const chunk of stream.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= HEADER && pending.length >= HEADER + pending.readUInt32BE(1)) {
      const end = HEADER + pending.readUInt32BE(1)
      yield pending.subarray(HEADER, end)
      pending = pending.subarray(end)
    }
  }
}

async function write(stream: ServerHttp2Stream, bytes: Buffer): Promise<void> {
  if (stream.destroyed || stream.closed) throw new Error('the engine ended the call')
  if (stream.write(bytes)) return
  const gone = new AbortController()
  try {
    await Promise.race([once(stream, 'drain', {signal: gone.signal}), once(stream, 'close', {signal: gone.signal})])
  } finally {
    gone.abort()
  }
  if (stream.destroyed) throw new Error('the engine ended the call')
}
