import {spawn} from 'node:child_process'
import {readFile} from 'node:fs/promises'

import {herokuCli, herokuEnv, herokuNode} from '../real/heroku-cli.js'
import {APP, type Rig} from '../recover/rig.js'
import {telemetryOn} from '../terminal/desk.js'
import {openShell} from '../terminal/shell.js'
import type {Row} from './rows.js'

/** A `heroku` process that is to be interrupted. */
export type Running = AsyncDisposable & {
  /** To the process that keeps the journal, or to its whole process group. */
  signal(name: NodeJS.Signals): Promise<void>
  /** Its exit code and what it said, once it has ended and its terminal is as it was found. */
  end(): Promise<{code: number; said: string}>
  said(): Promise<string>
}

type How = Pick<Row, 'place' | 'telemetry' | 'whom'>

/** Starts the stock CLI on the app of the rig, in a process group of its own as a shell does. */
export async function startIn(how: How, argv: string[], rig: Rig): Promise<Running> {
  const {folder, heroku} = rig.setup
  const told = how.telemetry === 'on' ? await telemetryOn(rig.home.dir) : {}
  const env = {...heroku.env, ...told}
  return how.place === 'pty' ? inTerminal(how, argv, rig, env) : inPipe(how, argv, {rig, cwd: folder, env})
}

async function pidOf(rig: Rig): Promise<number> {
  const [first] = (await readFile(await rig.journalFile(), 'utf8')).split('\n')
  return (JSON.parse(first ?? '') as {pid: number}).pid
}

async function inPipe(
  {whom}: How,
  argv: string[],
  {cwd, env, rig}: {rig: Rig; cwd: string; env: NodeJS.ProcessEnv},
): Promise<Running> {
  const child = spawn(await herokuNode(), ['--no-deprecation', await herokuCli(), ...argv], {
    cwd,
    env: herokuEnv(rig.home, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const pid = child.pid!
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const done = new Promise<{code: number; said: string}>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({code: code ?? -1, said: signal ? `${said}\nended by ${signal}` : said})
    })
  })
  return {
    signal: async (name) => void process.kill(whom === 'group' ? -pid : pid, name),
    end: () => done,
    said: async () => said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await done
    },
  }
}

async function inTerminal({whom}: How, argv: string[], rig: Rig, env: NodeJS.ProcessEnv): Promise<Running> {
  const shell = await openShell({columns: 90, rows: 40}, {cwd: rig.setup.folder, env, home: rig.home})
  const words = argv.map((word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word}'`))
  await shell.types('stty -g > before')
  await shell.types(`heroku ${words.join(' ')}; echo "code=$?"; stty -g | cmp - before && echo same terminal`)
  return {
    async signal(name) {
      const pid = await pidOf(rig)
      if (name === 'SIGINT' && whom === 'group') await shell.press('C-c')
      else process.kill(whom === 'group' ? -pid : pid, name)
    },
    async end() {
      const screen = await shell.shows(/^code=\d+$/m)
      // On a line of its own: whatever was on the line before has ended.
      await shell.shows(/^same terminal$/m)
      if (!(await shell.cursorIsVisible())) throw new Error(`The cursor is hidden:\n${screen}`)
      // What is typed is echoed.
      await shell.types('echo after')
      await shell.shows(/^\$ echo after\nafter\n/m)
      return {code: Number(/^code=(\d+)$/m.exec(screen)![1]), said: await shell.story()}
    },
    said: () => shell.story(),
    [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
  }
}

/** The arguments of a window with a migration, whichever command opens it. */
export async function argvOf({command, moment}: Pick<Row, 'command' | 'moment'>, rig: Rig): Promise<string[]> {
  const backup = ['--backup', moment === 'backup' ? 'capture' : 'none']
  const stable = ['--stable-for', moment === 'restoring' ? '15s' : '0s']
  const flags = ['--app', APP, '--confirm', APP, '--keep-up', 'clock', ...stable, ...backup]
  if (command === 'maintenance-migrate') return ['pipeline:maintenance-migrate', ...flags, '--', 'sh', 'migrate']
  return ['pipeline:ship', ...flags, '--migrate', 'sh migrate', ...(await rig.setup.archives({}))]
}
