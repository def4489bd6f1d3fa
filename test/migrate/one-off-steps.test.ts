import {describe, expect, it} from 'vitest'

import type {WindowFacts} from '../../src/lib/migrate/facts.js'
import type {WindowServices} from '../../src/lib/migrate/services.js'
import {migrate, type MigrateBefore} from '../../src/lib/migrate/steps/migrate.js'
import {runSmoke} from '../../src/lib/migrate/steps/smoke.js'
import type {RunEvent} from '../../src/lib/run/events.js'
import {createRedactor} from '../../src/lib/run/redact.js'
import {beginRun, type Run} from '../../src/lib/run/run.js'
import {runPlan, type Verdict} from '../../src/lib/run/runner.js'
import type {PolicyRow, Step, StepContext} from '../../src/lib/run/step.js'
import {idle, until} from '../platform/fixture.js'
import {memoryJournal} from '../run/world.js'
import {APP, fastClock, useOneOffs} from './one-off-rig.js'

const heroku = useOneOffs()

const hold: PolicyRow = {when: 'it fails', world: 'half applied', action: 'hold', exit: 4, says: 'Held.'}
const undo: PolicyRow = {
  when: 'it fails',
  world: 'as before',
  action: 'undo',
  pastPivot: true,
  exit: 1,
  says: 'Undone.',
}
const policy = {
  'migration-failed': hold,
  'migration-refused': undo,
  'migration-unknown': {...hold, says: 'Held, unknown.'},
  unhealthy: undo,
}

const factsOf = (command: string, migrateUndo?: string, timeoutMs = 600_000): WindowFacts =>
  ({
    app: {id: 'app-id', name: APP},
    state: {current: {version: 3}},
    migration: {command, timeoutMs},
    ...(migrateUndo ? {migrateUndo: {command: migrateUndo}} : {}),
  }) as unknown as WindowFacts

// Steps of different kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyStep = Step<WindowServices, any, any>

async function runStep(
  step: AnyStep,
  {
    onDyno,
    onLine,
    rows = policy,
  }: {onDyno?: () => void; onLine?: (line: string, run: Run) => void; rows?: Record<string, PolicyRow>} = {},
) {
  const journal = memoryJournal()
  const lines: string[] = []
  const run: Run = beginRun({
    id: 'r1',
    clock: fastClock,
    journal,
    redact: createRedactor([]),
    onEvent(event: RunEvent) {
      if (event.type === 'step-progress') onDyno?.()
      if (event.type !== 'step-log') return
      lines.push(event.line)
      onLine?.(event.line, run)
    },
  })
  const services = {platform: heroku.platform} as unknown as WindowServices
  const verdict: Verdict = await runPlan({name: 'window', steps: [step], policy: rows}, services, run, null)
  const begin = journal.entries.find((entry) => entry.type === 'begin')
  return {verdict, run, lines, seen: begin?.seen as MigrateBefore}
}

/** What another process has to work with. */
const context = () =>
  ({
    platform: heroku.platform,
    clock: fastClock,
    signal: new AbortController().signal,
    hurried: false,
    log() {},
    progress() {},
    warn() {},
    resultOf: () => undefined,
  }) as unknown as StepContext & WindowServices

describe('a migration', () => {
  it('shows its output, and journals what its dyno is found by before there is one', async () => {
    const {lines, run, seen, verdict} = await runStep(migrate(factsOf('echo migrating')))
    expect(verdict).toEqual({outcome: 'done'})
    expect(lines).toEqual(['migrating'])
    expect(run.results.get('migrate')).toMatchObject({dyno: expect.stringMatching(/^run\.\d+$/), status: 0})
    expect(seen).toEqual({app: APP, nonce: expect.stringMatching(/^[\da-f]{16}$/), release: 3})
    expect(heroku.local.log(APP).filter((line) => line.includes(seen.nonce)).length).toBeGreaterThan(0)
  })

  it('that fails is held, with its dyno and the command that undoes it', async () => {
    const {verdict} = await runStep(migrate(factsOf('echo half; exit 3', 'rails db:rollback')))
    expect(verdict).toMatchObject({
      outcome: 'held',
      exitCode: 4,
      reason: expect.stringMatching(/^`echo half; exit 3` failed in run\.\d+: it exited with status 3$/),
      left: [
        {
          what: expect.stringMatching(
            /schema of acme may be half applied\. To undo it: heroku run --exit-code --app acme -- rails db:rollback$/,
          ),
          command: expect.stringMatching(/^heroku logs --dyno run\.\d+ --num 1500 --app acme$/),
        },
      ],
    })
  })

  it('whose end nobody saw is held as unknown', async () => {
    const {verdict} = await runStep(migrate(factsOf('sleep 0.3')), {onDyno: () => void heroku.refuseLogs()})
    expect(verdict).toMatchObject({outcome: 'held', message: 'Held, unknown.'})
    expect(verdict).toHaveProperty(
      'left.0.what',
      expect.stringMatching(/^How `sleep 0.3` ended in run\.\d+ is unknown/),
    )
  })

  it('goes on when we are interrupted, and can be followed', async () => {
    const {verdict} = await runStep(migrate(factsOf(`echo begun; sleep 0.7; echo done > ${heroku.folder}/file`)), {
      onLine: (_, run) => run.interrupt('SIGINT'),
      rows: {...policy, interrupted: hold},
    })
    expect(verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(verdict).toHaveProperty('left.0.command', expect.stringMatching(/^heroku logs --dyno run\.\d+ .*--tail/))
    await until(async () => expect(await heroku.written('file')).toBe('done\n'))
  })

  it('that Heroku gives no dyno for leaves nothing behind', async () => {
    const missing = factsOf('true')
    missing.migration!.size = 'no-such-size'
    const {verdict} = await runStep(migrate(missing))
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: [], message: 'Undone.'})
    expect(heroku.created()).toBe(0)
  })

  it('is stopped when its time is up', async () => {
    const {verdict} = await runStep(migrate(factsOf('sleep 600', undefined, 20_000)))
    expect(verdict).toMatchObject({outcome: 'held', reason: expect.stringContaining('not done after 20s, so it was')})
  })
})

describe('the undo of a migration', () => {
  const undoing = (command = 'exit 3', how = `echo undone >> ${'FOLDER'}/file`) =>
    factsOf(command, how.replace('FOLDER', heroku.folder))
  const rollback = {...policy, 'migration-failed': undo}

  it('runs the command for it, on a failed migration', async () => {
    const {verdict} = await runStep(migrate(undoing()), {rows: rollback})
    expect(verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect(await heroku.written('file')).toBe('undone\n')
  })

  it('runs it once, however often and by whomever it is asked for', async () => {
    const facts = undoing()
    const {seen} = await runStep(migrate(facts), {rows: rollback})
    for (let i = 0; i < 2; i++) expect(await migrate(facts).undo!(seen, context())).toMatch('undone by')
    expect(await heroku.written('file')).toBe('undone\n')
  })

  it('by another process runs it when the log shows that the migration has begun', async () => {
    const facts = undoing()
    const {seen} = await runStep(migrate(facts))
    await migrate(facts).undo!(seen, context())
    expect(await heroku.written('file')).toBe('undone\n')
  })

  it('by another process runs nothing when nothing shows that it has, or while it still runs', async () => {
    const facts = undoing('echo begun; sleep 60')
    const never = {app: APP, nonce: 'f'.repeat(16), release: 3}
    await expect(migrate(facts).undo!(never, context())).rejects.toThrow('nothing shows that the migration has begun')

    const {seen} = await runStep(migrate(facts), {
      onLine: (_, run) => run.interrupt('SIGINT'),
      rows: {...policy, interrupted: hold},
    })
    await expect(migrate(facts).undo!(seen, context())).rejects.toThrow('the migration still runs in run.')
    expect(await heroku.written('file')).toBe('')
  })

  it("leaves the schema to somebody else's release that came meanwhile", async () => {
    const facts = undoing()
    const {seen} = await runStep(migrate(facts))
    await heroku.local.seedRelease(APP, {images: {web: idle, worker: {command: 'exec sleep 500'}}})
    await expect(migrate(facts).undo!(seen, context())).rejects.toThrow(
      /was not run: v4 by \S+ is current now, and the migration ran on v3$/,
    )
    expect(await heroku.written('file')).toBe('')
  })

  it('that fails, or that nobody named, says what is left', async () => {
    const failing = await runStep(migrate(undoing('exit 3', 'exit 5')), {rows: rollback})
    expect(failing.verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(failing.verdict).toHaveProperty('left.0.what', expect.stringMatching(/status 5\..* may be half undone/))
    const none = await runStep(migrate(factsOf('exit 3')), {rows: rollback})
    expect(none.verdict).toMatchObject({outcome: 'held', exitCode: 4})
    expect(none.verdict).toHaveProperty('left.0.what', expect.stringContaining('may be half applied'))
  })
})

describe('a smoke test', () => {
  const smoke = (command: string) => runSmoke({...factsOf('true'), smoke: {command}})

  it('lets nobody in when it fails', async () => {
    expect((await runStep(smoke('echo fit'))).verdict).toEqual({outcome: 'done'})
    const {verdict} = await runStep(smoke('exit 1'))
    expect(verdict).toMatchObject({outcome: 'failed', reason: expect.stringMatching(/^`exit 1` failed in run\.\d+/)})
  })

  it('does not outlive an interruption', async () => {
    const {verdict} = await runStep(smoke(`echo begun; sleep 0.7; echo done > ${heroku.folder}/file`), {
      onLine: (_, run) => run.interrupt('SIGTERM'),
    })
    expect(verdict).toMatchObject({outcome: 'interrupted'})
    await until(async () => expect(await heroku.platform.dynos(APP)).toEqual([]))
    expect(await heroku.written('file')).toBe('')
  })
})
