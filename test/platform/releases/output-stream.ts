import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Knobs} from '../knobs.js'

const keepAliveMs = 15_000

/** What a release-phase dyno wrote, for those who read it while or after it runs (platform-facts §1.8). */
export class OutputStream {
  #written = Buffer.alloc(0)
  #firstWrite = 0
  #ended = false
  #wake = new Set<() => void>()
  readonly knobs: Knobs

  constructor(knobs: Knobs) {
    this.knobs = knobs
  }

  write(text: string): void {
    this.#firstWrite ||= Date.now()
    this.#written = Buffer.concat([this.#written, Buffer.from(text)])
    for (const wake of this.#wake) wake()
  }

  end(): void {
    this.#ended = true
    for (const wake of this.#wake) wake()
  }

  /** 404 until the dyno first writes; then everything from the offset in Range or Last-Event-Id on, and what follows. */
  serve(req: IncomingMessage, res: ServerResponse): void {
    if (!this.#firstWrite || Date.now() - this.#firstWrite < this.knobs.streamNotFoundMs) {
      res.writeHead(404, {'Content-Type': 'text/plain'}).end('Channel is not registered.\n')
      return
    }

    const sse = req.headers.accept?.includes('text/event-stream') ?? false
    const from = sse ? req.headers['last-event-id'] : /^bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1]
    const offset = Number(from ?? 0)
    if (this.#ended && offset >= this.#written.length && offset > 0) {
      res.writeHead(204).end()
      return
    }

    res.writeHead(from && !sse ? 206 : 200, {'Content-Type': sse ? 'text/event-stream' : 'text/plain'})
    res.flushHeaders()
    this.#send(res, offset, sse)
  }

  #send(res: ServerResponse, start: number, sse: boolean): void {
    let offset = start
    let budget = this.knobs.streamCutAfterBytes || Infinity
    const push = () => {
      if (this.knobs.streamSilent && !this.#ended) return
      const chunk = this.#written.subarray(offset, sse ? lastLineEnd(this.#written, this.#ended) : undefined)
      const shown = sse ? Buffer.from(frames(chunk, offset)) : chunk
      if (shown.length >= budget) {
        stop()
        res.write(shown.subarray(0, budget), () => res.destroy())
        return
      }

      budget -= shown.length
      offset += chunk.length
      if (shown.length > 0) res.write(shown)
      if (this.#ended) res.end()
    }
    const keepAlive = setInterval(() => {
      if (!this.knobs.streamSilent) res.write(sse ? ':keepalive\n\n' : '\0')
    }, keepAliveMs)
    const stop = () => {
      clearInterval(keepAlive)
      this.#wake.delete(push)
    }
    this.#wake.add(push)
    res.on('close', stop)
    push()
  }
}

const lastLineEnd = (bytes: Buffer, ended: boolean): number => (ended ? bytes.length : bytes.lastIndexOf('\n') + 1)

/** One frame a line; its id is the offset behind it, so that Last-Event-Id resumes with the next. */
function frames(bytes: Buffer, offset: number): string {
  let frame = ''
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf('\n', start)
    const end = newline === -1 ? bytes.length : newline
    frame += `id: ${offset + Math.min(end + 1, bytes.length)}\ndata: ${bytes.subarray(start, end).toString()}\n\n`
    start = end + 1
  }

  return frame
}
