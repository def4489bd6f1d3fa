import {difference} from '../failures/difference.js'
import {type HerokuHome, runHeroku, startHeroku} from '../real/heroku-cli.js'
import type {Variation} from './cell.js'
import {commandsLeft} from './commands-left.js'
import {APP} from '../failures/setup.js'
import {setUp, type WindowSetup} from './setup.js'

/** What came of a cell. */
export type Tried = {
  exit: number | null
  difference: string[]
  /** Everything it said, stderr first. */
  said: string
  requests: Array<{method: string; path: string}>
  /** What still differs once the left-over commands were run by the stock CLI; undefined when nobody asked. */
  byHand?: {difference: string[]; ran: string[]}
  /** The token, to look for where it must not be. */
  token: string
}

/** Runs the real `heroku` with the plugin against a world of its own, and compares the worlds before and after. */
export async function tryCell(cell: Variation, {home}: {home?: HerokuHome} = {}): Promise<Tried> {
  const setup = await setUp(cell)
  const {folder, heroku} = setup
  try {
    const argv = await argvOf(cell, setup)
    cell.given?.(setup)
    const before = await setup.world()
    const asked = heroku.requests.length
    const process = await startHeroku(argv, {
      cwd: folder,
      env: heroku.env,
      timeoutMs: 170_000,
      ...(home ? {home} : {}),
    })
    await cell.meanwhile?.(setup, process)
    const {code, stderr, stdout} = await process.done
    const requests = heroku.requests.slice(asked)
    heroku.clearFaults()
    await setup.settled()
    const tried = {
      exit: code,
      difference: difference(before, await setup.world()),
      said: stderr + stdout,
      requests,
      token: heroku.apiKey,
    }
    if (!cell.byHand) return tried

    const ran = commandsLeft(stderr)
    for (const command of ran) await byHand(command, setup)
    await setup.settled()
    return {...tried, byHand: {ran, difference: difference(before, await setup.world())}}
  } finally {
    await setup.remove()
  }
}

async function argvOf(cell: Variation, setup: WindowSetup): Promise<string[]> {
  const {backup, flags = [], migrates = true, newWorker, releasePhase, ships} = cell
  const common = [
    '--app',
    APP,
    '--keep-up',
    'clock',
    ...(flags.includes('--stable-for') ? [] : ['--stable-for', '0s']),
    ...(backup ? ['--backup', 'capture'] : ['--backup', 'none']),
    '--flush-command',
    'sh flush',
    '--smoke',
    'sh smoke',
    '--health-check',
    setup.health.url,
    ...flags,
  ]
  return ships
    ? [
        'pipeline:ship',
        ...common,
        ...(migrates ? ['--migrate', 'sh migrate'] : []),
        ...(await setup.archives({newWorker, releasePhase})),
      ]
    : ['pipeline:maintenance-migrate', ...common, '--', 'sh', 'migrate']
}

/** As a person pastes it, into the stock CLI. */
async function byHand(command: string, {folder, heroku}: WindowSetup): Promise<void> {
  const [, ...argv] = command.split(' ')
  const {code, stderr} = await runHeroku(argv, {cwd: folder, env: heroku.env})
  if (code !== 0) throw new Error(`${command}: ${code}\n${stderr}`)
}
