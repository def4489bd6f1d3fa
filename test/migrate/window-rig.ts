import {existsSync, readFileSync} from 'node:fs'
import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, vi} from 'vitest'

import {readState} from '../../src/lib/app/read-state.js'
import type {Platform} from '../../src/lib/heroku/types.js'
import type {WindowFacts} from '../../src/lib/migrate/facts.js'
import type {WindowServices} from '../../src/lib/migrate/services.js'
import type {RunEvent} from '../../src/lib/run/events.js'
import {createRedactor} from '../../src/lib/run/redact.js'
import {beginRun, type Run} from '../../src/lib/run/run.js'
import {runPlan, type Verdict} from '../../src/lib/run/runner.js'
import type {PolicyRow, Step, StepContext} from '../../src/lib/run/step.js'
import {platformAt, TOKEN} from '../heroku/heroku-client.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {memoryJournal} from '../run/world.js'
import {clockAt} from './clock-at.js'

const SPEED = 20
export const APP = 'acme'

export const fastClock = clockAt(SPEED)

const undo: PolicyRow = {when: 'it fails', world: 'as before', action: 'undo', exit: 1, says: 'Undone.'}
const hold: PolicyRow = {...undo, action: 'hold', exit: 4, says: 'Held.'}
const policy: Record<string, PolicyRow> = {
  opening: undo,
  backup: undo,
  foreign: {...undo, exit: 4},
  restart: hold,
  restoring: hold,
  unhealthy: hold,
}

// Steps of different kinds stand in one row.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyStep = Step<WindowServices, any, any>

export type Ran = {verdict: Verdict; run: Run; events: RunEvent[]; warnings: string[]}

/** A local Heroku with one app for each test, and processes that are counted from outside. */
export function useWindow() {
  const used = {
    local: undefined as unknown as LocalHeroku,
    platform: undefined as unknown as Platform,
    folder: '',
  }
  beforeEach(async () => {
    used.folder = await mkdtemp(path.join(tmpdir(), 'window-'))
    used.local = await startPlatform({speed: SPEED, apiKey: TOKEN})
    used.platform = platformAt(used.local.url, {clock: fastClock})
    await used.local.createApp(APP)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await used.local.stop()
    await rm(used.folder, {recursive: true, force: true})
  })

  /** A worker that leaves its process id in a folder, and does `before` ending. */
  const worker = (name: string, onTerm = 'exit 0') => ({
    command: `trap '${onTerm}' TERM; touch ${used.folder}/${name}.$$; while :; do sleep 0.02; done`,
  })

  /** Processes of this worker that still run, seen from outside. */
  async function alive(name: string): Promise<number[]> {
    const files = await readdir(used.folder)
    return files
      .filter((file) => file.startsWith(`${name}.`))
      .map((file) => Number(file.slice(name.length + 1)))
      .filter((pid) => isRunning(pid))
  }

  /** Facts of the app as it is now: everything but web goes down. */
  async function facts(more: Partial<WindowFacts> = {}): Promise<WindowFacts> {
    const {dynos: _, releases: __, ...state} = await readState(used.platform, APP)
    const down = state.formation.filter(({quantity, type}) => quantity > 0 && type !== 'web')
    return {
      app: {id: 'app-id', name: APP},
      user: 'me@example.com',
      state,
      preboot: await used.platform.preboot(APP),
      maintenance: 'set',
      down: Object.fromEntries(down.map(({quantity, type}) => [type, quantity])),
      keptUp: state.formation.filter(({quantity, type}) => quantity > 0 && type === 'web').map(({type}) => type),
      backup: {mode: 'none', databases: [], timeoutMs: 60_000},
      flushes: [],
      flushRequired: false,
      stableForMs: 0,
      onMigrationFailure: 'hold',
      ...more,
    }
  }

  /** Runs steps as a command does; `onEvent` hears the run's events and may interrupt it. */
  async function runSteps(steps: AnyStep[], onEvent?: (event: RunEvent, run: Run) => void): Promise<Ran> {
    const events: RunEvent[] = []
    const run: Run = beginRun({
      id: 'r1',
      clock: fastClock,
      journal: memoryJournal(),
      redact: createRedactor([]),
      onEvent(event) {
        events.push(event)
        onEvent?.(event, run)
      },
    })
    const services = {platform: used.platform} as unknown as WindowServices
    const verdict = await runPlan({name: 'window', steps, policy}, services, run, null)
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    return {verdict, run, events, warnings}
  }

  const quantities = (): Record<string, number> =>
    Object.fromEntries(Object.entries(used.local.world(APP).formation).map(([type, {quantity}]) => [type, quantity]))

  return {
    get local() {
      return used.local
    },
    get platform() {
      return used.platform
    },
    worker,
    alive,
    facts,
    runSteps,
    quantities,
  }
}

/** A dead child whose parent has not reaped it yet still answers signals. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }

  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !/\) [XZ] /.test(readFileSync(stat, 'utf8'))
}

/** What an undo in another process is given. */
export function contextOf(platform: Platform): StepContext & WindowServices {
  return {
    platform,
    clock: fastClock,
    signal: new AbortController().signal,
    hurried: false,
    log() {},
    progress() {},
    warn() {},
    downtime() {},
    resultOf: () => undefined,
  } as unknown as StepContext & WindowServices
}
