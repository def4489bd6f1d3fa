import {chmod, mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {type HerokuHome, herokuCli, herokuEnv, herokuNode} from '../real/heroku-cli.js'
import {openTerminal} from '../ui/tmux.js'

export type Size = {columns: number; rows: number}
export type Shell = Awaited<ReturnType<typeof openShell>>

/**
 * A person's shell in a real terminal, with `heroku` on its PATH: bash, because it says `PIPESTATUS` and gives each command a
 * process group of its own, as an interactive shell does. What belongs to the machine stays out of its environment.
 */
export async function openShell(size: Size, {cwd, env, home}: {cwd: string; env: NodeJS.ProcessEnv; home: HerokuHome}) {
  const bin = path.join(home.dir, 'bin')
  await mkdir(bin, {recursive: true})
  await program(path.join(bin, 'heroku'), `exec '${await herokuNode()}' --no-deprecation '${await herokuCli()}' "$@"`)
  const all = herokuEnv(home, {LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env})
  const settings = Object.entries({...all, PATH: `${bin}:${all.PATH}`, PS1: '$ ', HISTFILE: ''}).map(
    ([name, value]) => `'${name}=${value ?? ''}'`,
  )
  const start = path.join(home.dir, 'shell')
  await program(
    start,
    `cd '${cwd}' && exec env -i TERM="$TERM" TMUX="$TMUX" ${settings.join(' ')} bash --noprofile --norc -i`,
  )
  const terminal = await openTerminal(size, `exec ${start}`)
  // Whoever types before the prompt is there has it echoed into the story.
  const prompts = () => terminal.shows(/(?:^|\n)\$$/)
  await prompts()
  return {
    ...terminal,
    /** Types a command and Enter. */
    async types(command: string): Promise<void> {
      await terminal.press(command)
      await terminal.press('Enter')
    },
    /** The exit code of the last command, asked as a person asks: an echo that works is part of it. */
    async exitCode(): Promise<number> {
      await prompts()
      await this.types('echo "code=$?"')
      const screen = await terminal.shows(/^code=\d+$/m)
      return Number(/^code=(\d+)$/m.exec(screen)![1])
    },
  }
}

async function program(file: string, text: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${text}\n`)
  await chmod(file, 0o755)
}
