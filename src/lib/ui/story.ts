import type {Left, RunEvent} from '../run/events.js'
import {formatDuration} from './format.js'
import {harmlessLines, oneLine} from './harmless.js'
import type {Paint} from './paint.js'

/**
 * The lines that stay after an event, whichever renderer shows the run: how each step and undo ended, warnings, what a
 * signal does, the end. None for an event that only says what happens meanwhile.
 */
export function storyOf(event: RunEvent, paint: Paint): string[] {
  switch (event.type) {
    case 'run-started':
      return [`Running ${oneLine(event.command)} on ${paint.app(oneLine(event.app))}`]
    case 'step-succeeded':
      return ended(paint.good('✓'), oneLine(event.title), event.summary, event.ms, paint)
    case 'step-failed':
      return ended(paint.bad('✗'), oneLine(event.title), event.message, event.ms, paint)
    case 'note':
      return quoted(`Note: ${event.message}`, paint.dim('›'))
    case 'warning':
      return quoted(`Warning: ${event.message}`, paint.warn('›'))
    case 'signalled':
      return ['', ...indented(`${paint.warn(`Received ${oneLine(event.signal)}`)}: `, event.message)]
    case 'undo-succeeded':
      // What an undo says of itself is a sentence about the world, so it stands alone.
      return ended(paint.good('↩'), 'Undone', event.summary ?? event.title, event.ms, paint)
    case 'undo-failed':
      return ended(paint.bad('✗'), `Could not undo "${oneLine(event.title)}"`, event.message, event.ms, paint)
    case 'run-ended':
      // A green end is the command's answer, on stdout: said here as well, a terminal would show it twice.
      if (event.exitCode === 0) return leftBehind(event.left, paint)
      return ['', ...harmlessLines(event.message).map((line) => paint.strong(line)), ...leftBehind(event.left, paint)]
    default:
      return []
  }
}

/** As the Heroku CLI marks what it says aside. */
function quoted(text: string, mark: string): string[] {
  return harmlessLines(text).map((line) => ` ${mark}   ${line}`)
}

/** `✓ title: what came of it (1.2s)`; what has several lines goes on indented. */
function ended(mark: string, title: string, outcome: string | undefined, ms: number, paint: Paint): string[] {
  const [first = '', ...rest] = outcome ? harmlessLines(outcome) : []
  const time = paint.dim(`(${formatDuration(ms)})`)
  return [`${mark} ${title}${first && `: ${first}`} ${time}`, ...rest.map((line) => `    ${line}`.trimEnd())]
}

function indented(start: string, text: string): string[] {
  const [first = '', ...rest] = harmlessLines(text)
  return [`${start}${first}`, ...rest.map((line) => `    ${line}`.trimEnd())]
}

/** Each command on a line of its own, so that it can be pasted. */
export function leftBehind(left: Left[], paint: Paint): string[] {
  if (left.length === 0) return []
  const lines = left.flatMap(({what, command}) => [
    ...indented('  ', what),
    ...(command ? harmlessLines(command).map((line) => `    ${paint.command(line)}`) : []),
  ])
  return ['', 'What is left:', ...lines]
}
