/** What came of some bytes that a client sent. */
export type Typed = {
  /** For the process. */
  input: Buffer
  /** Back to the client. */
  echo: Buffer
  signals: NodeJS.Signals[]
  /** End of input. */
  end: boolean
}

/** How the bytes of a client reach a process. */
export type LineDiscipline = (bytes: Buffer) => Typed

const CTRL_C = 0x03
const CTRL_D = 0x04
const CTRL_BACKSLASH = 0x1c
const CR = 0x0d
const LF = 0x0a

/** `force_no_tty`: bytes as they come, until the 0x04 that stands for the end of stdin (platform-facts §5.2). */
export const noTerminal: LineDiscipline = (bytes) => {
  const end = bytes.indexOf(CTRL_D)
  return {
    input: end === -1 ? bytes : bytes.subarray(0, end),
    echo: Buffer.alloc(0),
    signals: [],
    end: end !== -1,
  }
}

/** As a terminal in its usual state: whole lines, echoed; Ctrl-C and Ctrl-\ are signals; Ctrl-D on an empty line ends. */
export function terminal(): LineDiscipline {
  let line: number[] = []
  return (bytes) => {
    const input: number[] = []
    const echo: number[] = []
    const signals: NodeJS.Signals[] = []
    const hand = () => {
      input.push(...line)
      line = []
    }

    for (const byte of bytes) {
      if (byte === CTRL_D) {
        if (line.length === 0) return typed(input, echo, signals, true)
        hand()
      } else if (byte === CTRL_C || byte === CTRL_BACKSLASH) {
        line = []
        echo.push(0x5e, byte + 0x40)
        signals.push(byte === CTRL_C ? 'SIGINT' : 'SIGQUIT')
      } else if (byte === CR || byte === LF) {
        line.push(LF)
        echo.push(CR, LF)
        hand()
      } else {
        line.push(byte)
        echo.push(byte)
      }
    }

    return typed(input, echo, signals, false)
  }
}

const typed = (input: number[], echo: number[], signals: NodeJS.Signals[], end: boolean): Typed => ({
  input: Buffer.from(input),
  echo: Buffer.from(echo),
  signals,
  end,
})

/** What a terminal makes of a process's output: `\n` becomes `\r\n`. */
export const asTerminalOutput = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
