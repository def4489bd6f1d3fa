import type {LogSession} from '@heroku-cli/schema'
import {invalidParams} from '../api/errors.js'
import {route} from '../api/route.js'
import {newId, now} from '../state/ids.js'
import {appOf} from './find.js'

const defaultLines = 100

export const logSessionRoutes = [
  // 3.sdk says dyno_name and type; the stock CLI says dyno under 3.sdk too (platform-facts §8.1).
  route('POST', '/apps/:app/log-sessions', (ask) => {
    const app = appOf(ask)
    const {dyno, dyno_name: dynoName, lines, source, tail, type} = ask.body
    if (lines !== undefined && (typeof lines !== 'number' || lines < 0)) throw invalidParams('Lines must be a number.')
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
    const id = newId()
    ask.platform.logSessions.set(id, {
      app: app.name,
      filter: {dyno: text(dyno) ?? text(dynoName), type: text(type), source: text(source)},
      lines: typeof lines === 'number' ? lines : defaultLines,
      tail: tail === true,
      createdAt: Date.now(),
    })
    const at = now()
    const body: LogSession = {created_at: at, id, logplex_url: `${ask.platform.url}/logplex/${id}`, updated_at: at}
    return {status: 201, body}
  }),
]
