import {render} from 'ink'

import type {Clock} from '../../run/clock.js'
import type {RunEvent} from '../../run/events.js'
import type {Renderer} from '../choose.js'
import {formatDuration} from '../format.js'
import {harmlessLines, oneLine} from '../harmless.js'
import {type Paint, paintFor} from '../paint.js'
import {storyOf} from '../story.js'
import {busyStep, emptyView, reduceView, type StepView, titleOf, type View} from '../view.js'
import {Screen, TICK} from './screen.js'
import {createTerminal} from './terminal.js'

/**
 * A live screen below the story, for a person's terminal. It reads no keys, so Ctrl-C stays a SIGINT for the command's own
 * handler, which must be set with `process.on`: with `once`, Ink's exit hook finds itself alone and ends the process.
 */
export function createInkRenderer(options: {
  stderr: NodeJS.WriteStream
  clock: Clock
  colour: boolean
  /** Whether the terminal wraps anew what it shows when it gets narrower. */
  reflows: boolean
}): Renderer {
  const {stderr, clock, colour, reflows} = options
  const paint = paintFor(colour)
  const terminal = createTerminal(stderr, reflows)
  let view = emptyView
  let closed = false
  let drawing = true

  const screen = () => (
    <Screen view={view} now={clock.now()} columns={stderr.columns || 80} rows={stderr.rows || 24} paint={paint} />
  )
  const ink = render(screen(), {stdout: terminal.screen, stderr: terminal.screen, exitOnCtrlC: false})
  // A screen that cannot be drawn must not end the run: the story then goes on without it.
  const exited = ink.waitUntilExit().catch(() => stopDrawing())

  function stopDrawing(): void {
    drawing = false
    clearInterval(timer)
  }

  function draw(): void {
    if (!drawing) return terminal.flush()
    ink.rerender(screen())
    // React's development build notes measures at every render; Node keeps them all and after a million warns of a leak.
    performance.clearMeasures()
  }

  function finish(): void {
    if (closed) return
    closed = true
    stderr.off('resize', draw)
    process.off('uncaughtExceptionMonitor', finish)
    process.off('exit', finish)
    terminal.tell(unfinished(view, clock.now(), paint))
    view = {...view, ended: true}
    draw()
    stopDrawing()
    ink.unmount()
    terminal.flush()
  }

  const timer = setInterval(draw, TICK).unref()
  // What Node prints of an exception nobody catches must come below the story, and must not be drawn over.
  process.on('uncaughtExceptionMonitor', finish)
  // A second signal leaves at once, and what is left must have been said.
  process.on('exit', finish)
  // Before Ink's own listener, which would first draw the old screen at the new width.
  stderr.prependListener('resize', draw)

  return {
    emit(event) {
      if (closed) return
      terminal.tell(lastWords(view, event, paint))
      terminal.tell(storyOf(event, paint))
      view = reduceView(view, event)
      if (!drawing) terminal.flush()
    },
    async close() {
      finish()
      await exited
    },
  }
}

/** The last log lines of a step that fails: of the parts that failed, when it says which. None when a signal ended it. */
function lastWords(view: View, event: RunEvent, paint: Paint): string[] {
  const step = event.type === 'step-failed' ? view.steps.find(({id}) => id === event.step) : undefined
  if (!step || view.stopping) return []
  return failedLog(step).flatMap(({item, line}) =>
    harmlessLines(line).map((text) => paint.dim(item === undefined ? `  ${text}` : `  ${oneLine(item)} | ${text}`)),
  )
}

function failedLog({items, log}: StepView): StepView['log'] {
  const failed = items.filter(({done}) => done === 'failed').map(({name}) => name)
  const theirs = log.filter(({item}) => item === undefined || failed.includes(item))
  return theirs.length > 0 ? theirs : log
}

function unfinished(view: View, now: number, paint: Paint): string[] {
  const step = view.ended ? undefined : busyStep(view)
  if (!step) return []
  return [`· ${oneLine(titleOf(step))}: not finished ${paint.dim(`(${formatDuration(now - step.since)})`)}`]
}
