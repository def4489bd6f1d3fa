import {type Clock, systemClock} from '../run/clock.js'
import type {RunEvent} from '../run/events.js'
import {createPlainRenderer} from './plain.js'
import {canDraw, reflows, wantsColour} from './surroundings.js'

/** Shows a run to whoever watches. It never throws, whatever the events hold: nothing a display does may end a run. */
export interface Renderer {
  emit(event: RunEvent): void
  /** The last frame is written and the terminal left clean: the cursor shown, no half lines. Later events are dropped. */
  close(): Promise<void>
}

/** Live on a person's terminal, append-only lines anywhere else. The story goes to stderr: stdout is the answer's. */
export async function chooseRenderer(options: {
  json: boolean
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: NodeJS.ProcessEnv
  clock?: Clock
}): Promise<Renderer> {
  const {json, stdout, stderr, env, clock = systemClock} = options
  const colour = wantsColour(stderr, env)
  const guarded = survive(stderr)
  if (json || !canDraw({stdout, stderr, env})) {
    const plain = createPlainRenderer({write: guarded.write, clock, colour})
    return {emit: plain.emit, close: () => plain.close().then(guarded.release)}
  }

  const {createInkRenderer} = await import('./ink/renderer.js')
  const ink = createInkRenderer({stderr, clock, colour, reflows: reflows(env)})
  return {emit: ink.emit, close: () => ink.close().then(guarded.release)}
}

/** A reader that went away (`2>&1 | head`) must not end a run that has things to undo. */
function survive(stream: NodeJS.WriteStream): {write(text: string): void; release(): Promise<void>} {
  const ignore = () => {}
  stream.on('error', ignore)
  return {
    write: (text) => void stream.write(text),
    async release() {
      await new Promise<void>((resolve) => stream.write('', () => resolve()))
      stream.off('error', ignore)
    },
  }
}
