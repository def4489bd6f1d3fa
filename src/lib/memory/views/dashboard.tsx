import {Box, render, Text} from 'ink'

import {createTerminal} from '../../ui/ink/terminal.js'
import type {Paint} from '../../ui/paint.js'
import type {Live, LiveView} from '../command/live.js'
import {liveLines} from './live-lines.js'

/**
 * The live dashboard, for a person's terminal. It reads no keys, so Ctrl-C stays a SIGINT for the command, whose handler must be
 * set with `process.on`: with `once`, Ink's exit hook finds itself alone and ends the process. `close` leaves what was shown last.
 */
export function createDashboard(options: {
  stderr: NodeJS.WriteStream
  paint: Paint
  /** Whether the terminal wraps anew what it shows when it gets narrower. */
  reflows: boolean
}): LiveView & {tell(text: string): void; close(): Promise<void>} {
  const {paint, reflows, stderr} = options
  const terminal = createTerminal(stderr, reflows)
  let live: Live | undefined
  let closed = false

  const linesNow = (): string[] =>
    live ? liveLines(live, {columns: stderr.columns || 80, rows: stderr.rows || 24, paint}) : []
  const screen = () => (
    <Box flexDirection="column">
      {!closed &&
        linesNow().map((line, index) => (
          <Text key={index} wrap="truncate">
            {line || ' '}
          </Text>
        ))}
    </Box>
  )
  const ink = render(screen(), {stdout: terminal.screen, stderr: terminal.screen, exitOnCtrlC: false})
  const exited = ink.waitUntilExit().catch(() => {})

  function draw(): void {
    if (closed) return
    ink.rerender(screen())
    // React's development build notes measures at every render; Node keeps them all.
    performance.clearMeasures()
  }

  // Before Ink's own listener, which would first draw the old screen at the new width.
  stderr.prependListener('resize', draw)

  return {
    show(next) {
      live = next
      draw()
    },
    /** Stays above the dashboard. */
    tell(text) {
      terminal.tell([text])
      // At once: the next frame may come only when the wait it tells of is over.
      terminal.flush()
    },
    async close() {
      if (closed) return
      const last = linesNow()
      closed = true
      stderr.off('resize', draw)
      terminal.tell(last)
      ink.rerender(screen())
      ink.unmount()
      await exited
      terminal.flush()
    },
  }
}
