import {readdir, readFile} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {difference} from '../failures/difference.js'
import {APP, type Commands, setUp, type WindowSetup, type WindowWorld} from '../failures-window/setup.js'
import {type HerokuHome, type HerokuProcess, type HerokuResult, linkedHome, startHeroku} from '../real/heroku-cli.js'

export {APP} from '../failures-window/setup.js'

/** A run that was killed, and what was there before it. */
export type Rig = AsyncDisposable & {
  setup: WindowSetup
  home: HerokuHome
  before: WindowWorld
  start(argv: string[], home?: HerokuHome): Promise<HerokuProcess>
  run(argv: string[], home?: HerokuHome): Promise<HerokuResult>
  /** `pipeline:recover --confirm APP` and these flags. */
  recover(flags?: string[], home?: HerokuHome): Promise<HerokuResult>
  /** The window of `pipeline:maintenance-migrate` on the app. */
  migrate(): Promise<HerokuProcess>
  /** The lines of the first journal. */
  journal(): Promise<Array<{type: string; step?: string}>>
  journalFile(): Promise<string>
  /** SIGKILL as soon as the journal has so many lines, or the process has ended. `nth`: of the journals, from 0; the first when left out. */
  killAt(process: HerokuProcess, lines: number, nth?: number): Promise<void>
  /** How the world differs from before, without what a migration, a capture and restarts leave. */
  differs(): Promise<string[]>
  world(): Promise<WindowWorld>
}

export async function openRig(commands: Commands = {}): Promise<Rig> {
  const setup = await setUp({commands})
  const home = await linkedHome()
  const before = await setup.world()
  const folder = (of: HerokuHome) => path.join(of.dir, 'data', 'heroku', 'pipeline-ship', 'journals', APP)

  const journalFile = async (nth = 0): Promise<string> => {
    const file = (await readdir(folder(home)).catch(() => [])).sort()[nth]
    if (file === undefined) throw new Error('There is no journal')
    return path.join(folder(home), file)
  }
  const start: Rig['start'] = (argv, at = home) =>
    startHeroku(argv, {cwd: setup.folder, env: setup.heroku.env, home: at, timeoutMs: 110_000})
  const lines = async (nth?: number): Promise<string[]> => {
    const text = await journalFile(nth)
      .then((file) => readFile(file, 'utf8'))
      .catch(() => '')
    return text.split('\n').filter(Boolean)
  }

  return {
    setup,
    home,
    before,
    start,
    run: async (argv, at) => (await start(argv, at)).done,
    recover: async (flags = [], at = home) =>
      (await start(['pipeline:recover', '--app', APP, '--confirm', APP, ...flags], at)).done,
    migrate: () =>
      start([
        'pipeline:maintenance-migrate',
        '--app',
        APP,
        '--keep-up',
        'clock',
        '--stable-for',
        '0s',
        '--backup',
        'capture',
        '--',
        'sh',
        'migrate',
      ]),
    journalFile: () => journalFile(),
    journal: async () => (await lines()).map((line) => JSON.parse(line) as {type: string; step?: string}),
    async killAt(process, wanted, nth) {
      const ended = new AbortController()
      void process.done.catch(() => {}).then(() => ended.abort())
      while (!ended.signal.aborted && (await lines(nth)).length < wanted) await sleep(2)
      process.kill('SIGKILL')
      await process.done
    },
    async differs() {
      await setup.settled()
      const {backups: _, ran: __, ...was} = before
      const {backups: ___, ran: ____, ...is} = await setup.world()
      return difference(was, is).filter((line) => !line.startsWith('dynos.run'))
    },
    world: () => setup.world(),
    async [Symbol.asyncDispose]() {
      await setup.remove()
      await home.remove()
    },
  }
}
