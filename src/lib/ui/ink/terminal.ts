import {displayWidth} from './width.js'

const ESC = '\u001B'
// eslint-disable-next-line no-control-regex -- how Ink takes back its last frame: ansi-escapes' eraseLines
const ERASE = /^(?:\u001B\[2K(?:\u001B\[1A)?)+\u001B\[G/
// eslint-disable-next-line no-control-regex -- cursor hidden or shown, a synchronized update begun or ended
const MODE = /^\u001B\[\?\d+[hl]$/

/**
 * Between Ink and the terminal. Ink believes that a frame takes as many rows as it has lines, which is wrong once the
 * terminal has become narrower and wrapped them, and it breaks what it prints above the frame at the width of the screen,
 * so that a long command could not be pasted. Here frames are erased by the rows they take now, and what is told goes
 * above the next frame untouched, in the same write.
 */
export function createTerminal(stream: NodeJS.WriteStream, reflows: boolean) {
  let frame = ''
  let told = ''

  function write(chunk: string, ...rest: []): boolean {
    if (chunk === '' || MODE.test(chunk)) return stream.write(chunk, ...rest)
    const erased = ERASE.exec(chunk)?.[0] ?? ''
    const next = chunk.slice(erased.length)
    const back = erased ? takeBack() : ''
    // Ink draws nothing as an empty line.
    frame = next === '\n' ? '' : next
    // It may only have cleared the screen for the frame that comes next.
    const above = next && told
    if (above) told = ''
    return stream.write(back + above + frame, ...rest)
  }

  function takeBack(): string {
    const columns = reflows ? stream.columns || Infinity : Infinity
    const rows = frame
      .split('\n')
      .slice(0, -1)
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0)
    // Line by line, as Ink does: tmux moves a screen that is cleared from its first row into the scrollback.
    return `${`${ESC}[2K${ESC}[1A`.repeat(rows)}${ESC}[2K\r`
  }

  return {
    /** Lines that stay: they appear above the next frame, or at `flush`. */
    tell(lines: string[]): void {
      told += lines.map((line) => `${line}\n`).join('')
    },
    /** Writes what no frame has taken along. */
    flush(): void {
      if (!told) return
      stream.write(takeBack() + told + frame)
      told = ''
    },
    /** What Ink takes for its screen; endless, because at a frame as high as the screen it would erase the scrollback. */
    screen: {
      isTTY: true,
      rows: Infinity,
      get columns() {
        return stream.columns || 80
      },
      get writable() {
        return stream.writable
      },
      get destroyed() {
        return stream.destroyed
      },
      get writableEnded() {
        return stream.writableEnded
      },
      get writableLength() {
        return stream.writableLength
      },
      write,
      on: stream.on.bind(stream),
      off: stream.off.bind(stream),
    } as unknown as NodeJS.WriteStream,
  }
}
