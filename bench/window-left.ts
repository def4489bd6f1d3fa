import {appendFile} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Knobs} from '../test/platform/index.js'
import {startHeroku} from '../test/real/heroku-cli.js'
import type {Ground} from './ground.js'
import {MIGRATE, type WindowCorner, windowCorner} from './window-app.js'
import {scripts} from './window-scripts.js'

/** How one side ended, and what its app is in. */
export type Left = {
  failure: string
  side: string
  exit: number | string
  visitors: string
  workers: number
  code: 'new' | 'old'
  schema: string
  last: string
}

type Failure = {
  failure: string
  migrate?: string
  /** What the platform does wrong. */
  knobs?: Partial<Knobs>
  /** A line more in what web and worker run. */
  line?: string
  /** The CI job is cancelled. */
  cancelled?: boolean
}

const FAILURES: Failure[] = [
  {failure: 'the migration, half way (exit 3)', migrate: `${MIGRATE} fail`},
  {
    failure: 'the new web, which crashes as it boots',
    line: "if (process.env.DYNO.startsWith('web.')) process.exit(1)",
  },
  {failure: 'the backup', knobs: {transferFails: 'pg_dump: error: out of luck'}},
  {failure: 'the CI job, cancelled during the backup (SIGTERM)', knobs: {transferMs: 10_000}, cancelled: true},
]
/** Nothing is timed here. */
const QUICK = {backupSeconds: 2, buildSeconds: 2, vendorMb: 1}
const SIDES = ['ours', 'classic', 'careful'] as const

/** Each failure with each side, on an app of its own. */
export async function whatIsLeft(ground: Ground, say: (text: string) => void): Promise<Left[]> {
  const left: Left[] = []
  for (const [index, failure] of FAILURES.entries()) {
    say(`what is left: ${failure.failure}`)
    // All at a time: nothing is timed here.
    left.push(...(await Promise.all(SIDES.map((side) => tryOne(ground, `left-${index}-${side}`, side, failure)))))
  }
  return left
}

async function tryOne(ground: Ground, app: string, side: (typeof SIDES)[number], one: Failure): Promise<Left> {
  const {heroku} = ground
  const corner = await windowCorner(ground, side === 'ours' ? 'ours' : 'stock', app, QUICK)
  await corner.project.change(app)
  const before = heroku.world(app)
  if (one.line) await appendFile(path.join(corner.project.folder, 'src', 'marker.cjs'), one.line)
  Object.assign(heroku.knobs(app), one.knobs)
  const script = scripts(one.migrate)[side]
  // Without --json: what a person sees.
  const commands = script.commands.map((words) => words.filter((word) => word !== '--json'))
  const {exit, last} = await runAll(ground, corner, commands, one.cancelled ?? false)
  const world = await heroku.settled(app, 5000).catch(() => heroku.world(app))
  return {
    failure: one.failure,
    side: script.name,
    exit,
    visitors: await visit(corner),
    workers: world.formation.worker?.quantity ?? 0,
    code: world.images.web === before.images.web ? 'old' : 'new',
    schema: await corner.schema(),
    last,
  }
}

async function runAll(
  ground: Ground,
  corner: WindowCorner,
  commands: string[][],
  cancelled: boolean,
): Promise<{exit: number | string; last: string}> {
  let last = ''
  for (const command of commands) {
    const options = {home: corner.home, cwd: corner.project.folder, env: corner.env, timeoutMs: 180_000}
    const running = await startHeroku([...command, '--app', corner.app], options)
    const over = new AbortController()
    const cancelling = cancelled ? cancelInBackup(ground, corner, running, over.signal) : Promise.resolve(false)
    const {code, signal, stderr, stdout} = await running.done.finally(() => over.abort())
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim())
    last = lines.at(-1)?.trim() ?? ''
    if (code !== 0 || (await cancelling)) return {exit: code ?? signal ?? '', last}
  }
  return {exit: 0, last}
}

/** A second into the backup. */
async function cancelInBackup(
  {heroku}: Ground,
  {databaseId}: WindowCorner,
  running: {kill(signal: NodeJS.Signals): void},
  over: AbortSignal,
): Promise<boolean> {
  const begun = () => heroku.requests.some((asked) => asked.method === 'POST' && asked.path.includes(databaseId))
  while (!begun()) {
    if (over.aborted) return false
    await sleep(50)
  }
  await sleep(1000)
  running.kill('SIGTERM')
  return true
}

async function visit({url}: WindowCorner): Promise<string> {
  const answer = await fetch(url, {signal: AbortSignal.timeout(20_000)}).catch(() => undefined)
  if (!answer) return 'no answer for 20 s'
  const text = await answer.text()
  if (answer.ok) return 'the app'
  return `${answer.status}, ${/maintenance/i.test(text) ? 'maintenance' : 'an error page'}`
}
