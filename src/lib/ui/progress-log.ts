import type {RunEvent} from '../run/events.js'
import {formatProgress} from './format.js'
import {oneLine} from './harmless.js'

/** One line per item in so many milliseconds is what a log can take. */
const PAUSE = 5000

type Said = {at: number; message?: string; done?: string; /** New, but not said yet. */ held?: string}
type Of = {step: string; item?: string}

/**
 * Chooses the sub-progress worth a line in a log: a message that is new, at most one per item every 5 s, and how the item
 * ended, once. Numbers alone say nothing there; the heartbeat tells them.
 */
export function startProgressLog(): {
  linesOf(event: RunEvent & {type: 'step-progress'}): string[]
  /** What was held back of an item and explains the output that comes now. */
  before(event: RunEvent & {type: 'step-log'}): string[]
} {
  const items = new Map<string, Said>()
  const keyOf = ({step, item}: Of) => JSON.stringify([step, item])

  function release(key: string, {held, ...said}: Said, at: number): string[] {
    items.set(key, {...said, at})
    return held === undefined ? [] : [held]
  }

  return {
    linesOf(event) {
      const key = keyOf(event)
      const said = items.get(key) ?? {at: -Infinity}
      const message = event.message === undefined ? undefined : oneLine(event.message)

      if (event.done) {
        if (said.done === event.done && (message ?? said.message) === said.message) return []
        const last = message ?? said.message ?? ''
        items.set(key, {message: last, done: event.done, at: event.at})
        return [`${event.done === 'ok' ? '✓' : '✗'} ${last}`.trimEnd()]
      }

      if (message && message !== said.message) {
        items.set(key, {at: said.at, message, held: numbered(message, event)})
      }

      const now = items.get(key)
      return now?.held !== undefined && event.at - now.at >= PAUSE ? release(key, now, event.at) : []
    },
    before(event) {
      const key = keyOf(event)
      const said = items.get(key)
      return said?.held === undefined ? [] : release(key, said, event.at)
    },
  }
}

function numbered(message: string, event: Parameters<typeof formatProgress>[0]): string {
  const numbers = formatProgress(event)
  return numbers && !message.includes(numbers) ? `${message} (${numbers})` : message
}
