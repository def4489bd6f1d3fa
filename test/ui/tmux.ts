import {execFile} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** A real terminal of a given size in which a shell command runs, on a tmux server of its own. */
export async function openTerminal(size: {columns: number; rows: number}, command: string) {
  const socket = `ui-test-${randomUUID()}`
  const tmux = async (...argv: string[]) => (await run('tmux', ['-L', socket, '-u', '-f', '/dev/null', ...argv])).stdout
  const clean = ['CI', 'CONTINUOUS_INTEGRATION', 'FORCE_COLOR', 'NO_COLOR', 'VITEST', 'NODE_ENV'].map(
    (name) => `-u ${name}`,
  )
  // The shell survives a Ctrl-C and stays, so that what the program left on the terminal can be looked at.
  const kept = `env ${clean.join(' ')} sh -c 'trap : INT; ${command}; echo "exit code $?"; exec cat'`
  await tmux('new-session', '-d', '-x', `${size.columns}`, '-y', `${size.rows}`, kept)

  const terminal = {
    /** What is on the screen, without empty rows at the end. */
    screen: async () => (await tmux('capture-pane', '-p')).trimEnd(),
    /** The same with its colours, as escape sequences. */
    coloured: async () => (await tmux('capture-pane', '-p', '-e')).trimEnd(),
    /** The same with all that has scrolled away; lines that the terminal wrapped are whole. */
    story: async () => (await tmux('capture-pane', '-p', '-J', '-S', '-')).replaceAll(/ +$/gm, '').trimEnd(),
    async resize({columns, rows}: {columns: number; rows: number}) {
      await tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`)
    },
    press: (key: string) => tmux('send-keys', key),
    cursorIsVisible: async () => (await tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1',
    /** The screen as soon as it shows this. */
    async shows(wanted: RegExp | string): Promise<string> {
      const deadline = Date.now() + 60_000
      for (;;) {
        const screen = await terminal.screen()
        if (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)) return screen
        if (Date.now() > deadline) throw new Error(`Never on the screen: ${String(wanted)}\n${screen}`)
        await sleep(50)
      }
    },
    async [Symbol.asyncDispose]() {
      await tmux('kill-server').catch(() => {})
    },
  }
  return terminal
}
