import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Platform} from '../platform.js'
import {formatEntry, type LogEntry, type LogFilter} from './app-log.js'

export type LogSession = {app: string; filter: LogFilter; lines: number; tail: boolean; createdAt: number}

/** A session is a bearer secret with a short life: it must be opened within five minutes (platform-facts §8.1). */
const lifetime = 5 * 60 * 1000

/** GET of a `logplex_url`: SSE when asked for, plain lines otherwise (platform-facts §8.1). */
export function serveLogSession(platform: Platform, id: string, req: IncomingMessage, res: ServerResponse): void {
  const session = platform.logSessions.get(id)
  if (!session || Date.now() - session.createdAt > lifetime) {
    res.writeHead(404, {'Content-Type': 'text/plain'}).end('Not found\n')
    return
  }

  const sse = req.headers.accept?.includes('text/event-stream') ?? false
  const send = (entry: LogEntry) => res.write(sse ? frame(entry) : `${formatEntry(entry)}\n`)
  const log = platform.log(session.app)
  res.writeHead(200, {'Content-Type': sse ? 'text/event-stream' : 'text/plain', 'Cache-Control': 'no-cache'})
  res.flushHeaders()
  for (const entry of log.newest(session.lines, session.filter)) send(entry)
  if (!session.tail) {
    res.end()
    return
  }

  let sent = 0
  const knobs = platform.knobs(session.app)
  const cutAfter = knobs.logTailCutAfterLines
  let dropped: LogEntry[] = []
  const stopFollowing = log.follow(session.filter, (entry) => {
    if (res.writableEnded) return
    if (knobs.logTailDropLines > 0) {
      knobs.logTailDropLines -= 1
      dropped.push(entry)
      if (knobs.logTailDropLines === 0) send(overflow(dropped))
      return
    }

    dropped = []
    send(entry)
    sent += 1
    if (sent === cutAfter) res.end()
  })
  res.on('close', stopFollowing)
}

const frame = (entry: LogEntry): string => `id: ${entry.id}\ndata: ${formatEntry(entry)}\n\n`

/** Of this session only, not of the log. Who sends it is not in the facts. */
function overflow(dropped: LogEntry[]): LogEntry {
  const {at, id} = dropped.at(-1)!
  const text = `Error L11 (Tail buffer overflow) -> This tail session dropped ${dropped.length} messages since ${dropped[0]!.at}.`
  return {id, at, source: 'heroku', dyno: 'logplex', text}
}
