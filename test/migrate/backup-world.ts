import type {DataApi} from '../../src/lib/heroku/data-types.js'
import type {BackupFacts, WindowFacts} from '../../src/lib/migrate/facts.js'
import {type BackupRequest, readBackupFacts} from '../../src/lib/migrate/backup/read-backup-facts.js'
import type {WindowServices} from '../../src/lib/migrate/services.js'
import {backUp} from '../../src/lib/migrate/steps/backup.js'
import type {RunEvent} from '../../src/lib/run/events.js'
import {createRedactor} from '../../src/lib/run/redact.js'
import {beginRun, type Run} from '../../src/lib/run/run.js'
import {runPlan, type Verdict} from '../../src/lib/run/runner.js'
import type {PolicyRow, Step} from '../../src/lib/run/step.js'
import {dataApiOf} from '../heroku/data-client.js'
import {platformAt, TOKEN} from '../heroku/heroku-client.js'
import {askApi} from '../platform/ask.js'
import {type LocalHeroku, type PlatformOptions, startPlatform} from '../platform/index.js'
import {memoryJournal} from '../run/world.js'
import {clockAt} from './clock-at.js'

export const APP = 'acme'
const SPEED = 20

/** A local Heroku with one app, and what a backup needs of it. */
export type BackupWorld = {
  local: LocalHeroku
  services: WindowServices
  data: DataApi
  ask(method: string, path: string, body?: unknown): Promise<unknown>
  /** The add-on's id. */
  addDatabase(plan: string, app?: string): Promise<string>
  facts(request?: Partial<BackupRequest>): ReturnType<typeof readBackupFacts>
  /** How many captures were asked for. */
  captures(): number
  stop(): Promise<void>
}

export async function backupWorld(options: PlatformOptions = {}): Promise<BackupWorld> {
  const local = await startPlatform({speed: SPEED, apiKey: TOKEN, ...options})
  await local.createApp(APP)
  const clock = clockAt(SPEED)
  const data = dataApiOf(local, {clock})
  const services = {data, platform: platformAt(local.url, {clock})} as unknown as WindowServices
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> => askApi(local, method, path, body)

  return {
    local,
    services,
    data,
    ask,
    async addDatabase(plan, app = APP) {
      const added = await ask('POST', `/apps/${app}/addons`, {plan: `heroku-postgresql:${plan}`})
      return (added as {id: string}).id
    },
    facts: (request = {}) =>
      readBackupFacts(services, {
        app: APP,
        databases: ['DATABASE_URL'],
        mode: 'auto',
        timeoutMs: 30 * 60_000,
        now: Date.now(),
        ...request,
      }),
    captures: () => local.requests.filter(({method, path}) => method === 'POST' && path.endsWith('/backups')).length,
    stop: () => local.stop(),
  }
}

const row: PolicyRow = {
  when: 'the backup fails',
  world: 'untouched',
  action: 'undo',
  exit: 1,
  says: 'Nothing migrated.',
}

export type BackupRun = {
  run: Run
  events: RunEvent[]
  verdict: Promise<Verdict>
  /** Everything that was said, journaled or reported. */
  said(): string
  step: ReturnType<typeof backUp>
}

/** Runs the step alone, or with steps after it. */
export function startBackup(
  {services}: Pick<BackupWorld, 'services'>,
  backup: BackupFacts,
  {after = [], speed = SPEED}: {after?: Array<Step<WindowServices>>; speed?: number} = {},
): BackupRun {
  const events: RunEvent[] = []
  const journal = memoryJournal()
  const redact = createRedactor([TOKEN])
  const run = beginRun({id: 'r1', clock: clockAt(speed), journal, redact, onEvent: (event) => events.push(event)})
  const step = backUp({app: {id: 'id', name: APP}, backup} as WindowFacts)
  const plan = {name: 'window', steps: [step, ...after], policy: {backup: row}}
  const verdict = runPlan(plan, services, run, null)
  const said = (): string => JSON.stringify([events, journal.entries])
  return {run, events, verdict, said, step}
}
