import type {RunEvent} from '../run/events.js'
import {formatProgress} from './format.js'
import {oneLine} from './harmless.js'

/** One line per item in so many milliseconds is what a log can take. */
const PAUSE = 5000

/**
 * Chooses the sub-progress worth a line in a log: a message that is new, at most one per item every 5 s, and how the item
 * ended, once. Numbers alone say nothing there; the heartbeat tells them.
 */
export function startProgressLog(): {linesOf(event: RunEvent & {type: 'step-progress'}): string[]} {
  const items = new Map<string, {message?: string; at: number; done?: string}>()

  return {
    linesOf(event) {
      const key = JSON.stringify([event.step, event.item])
      const before = items.get(key) ?? {at: -Infinity}
      const message = event.message === undefined ? undefined : oneLine(event.message)

      if (event.done) {
        if (before.done === event.done && (message ?? before.message) === before.message) return []
        items.set(key, {...before, ...(message ? {message} : {}), done: event.done, at: event.at})
        return [`${event.done === 'ok' ? '✓' : '✗'} ${message ?? before.message ?? ''}`.trimEnd()]
      }

      if (!message || message === before.message || event.at - before.at < PAUSE) return []
      items.set(key, {message, at: event.at})
      const numbers = formatProgress(event)
      return [numbers && !message.includes(numbers) ? `${message} (${numbers})` : message]
    },
  }
}
