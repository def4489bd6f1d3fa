import type {Clock} from '../run/clock.js'
import type {RunEvent} from '../run/events.js'
import type {Renderer} from './choose.js'
import {formatDuration, formatProgress} from './format.js'
import {harmlessLines, oneLine} from './harmless.js'
import {startHeartbeat} from './heartbeat.js'
import {paintFor} from './paint.js'
import {startProgressLog} from './progress-log.js'
import {storyOf} from './story.js'
import {busyStep, emptyView, reduceView, type Progress, titleOf, type View} from './view.js'

/** Append-only lines for a CI log or a pipe; `write` is given whole lines only. */
export function createPlainRenderer(options: {
  write: (text: string) => void
  clock: Clock
  colour?: boolean
}): Renderer {
  const {write, clock, colour = false} = options
  const paint = paintFor(colour)
  const progress = startProgressLog()
  let view = emptyView
  let closed = false

  const heartbeat = startHeartbeat(clock, () => say(stillBusy(view, clock.now()).map((line) => paint.dim(line))))

  function say(lines: string[]): void {
    if (lines.length === 0) return
    write(lines.map((line) => `${line}\n`).join(''))
    heartbeat.spoke()
  }

  function linesOf(event: RunEvent): string[] {
    switch (event.type) {
      case 'step-started':
        return [`${oneLine(event.title)}…`]
      case 'step-begun':
        return event.left.flatMap(({command}) => (command ? [`  If this process dies: ${oneLine(command)}`] : []))
      case 'undo-started':
        return [`Undoing: ${oneLine(event.title)}…`]
      case 'step-log':
        return [...progress.before(event), ...harmlessLines(event.line)].map((line) => ofItem(event.item, line))
      case 'step-progress':
        return progress.linesOf(event).map((line) => ofItem(event.item, line))
      default:
        return storyOf(event, paint)
    }
  }

  return {
    emit(event) {
      if (closed) return
      view = reduceView(view, event)
      say(linesOf(event))
    },
    async close() {
      closed = true
      heartbeat.stop()
    },
  }
}

const ofItem = (item: string | undefined, line: string): string =>
  (item === undefined ? `  ${line}` : `  ${oneLine(item)} | ${line}`).trimEnd()

/** `… still: Push 2 images (2m 0s): web 12 MB of 45 MB`. */
function stillBusy(view: View, now: number): string[] {
  if (!view.run || view.ended) return []
  const step = busyStep(view)
  if (!step) return [`… still: ${oneLine(view.run.command)} (${formatDuration(now - view.run.since)})`]
  const parts = [step.own, ...step.items.filter(({done}) => !done)].map((part) => oneLine(saidOf(part)))
  const where = parts.filter(Boolean).join(', ')
  const down = view.downSince === undefined ? '' : `; the site is down: ${formatDuration(now - view.downSince)}`
  return [`… still: ${oneLine(titleOf(step))} (${formatDuration(now - step.since)})${where && `: ${where}`}${down}`]
}

const saidOf = ({name, message, ...numbers}: Progress & {name?: string}): string =>
  [name, message, formatProgress(numbers)].filter((text) => text !== undefined).join(' ')
