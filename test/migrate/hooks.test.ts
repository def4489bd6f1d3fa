import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {beforeRow, type HookOutcome, runAfter, runBefore} from '../../src/lib/migrate/hooks.js'
import {runHook} from '../../src/lib/migrate/run-hook.js'
import {createRedactor} from '../../src/lib/run/redact.js'
import {runPlan} from '../../src/lib/run/runner.js'
import type {Step} from '../../src/lib/run/step.js'
import {memoryJournal, testRun} from '../run/world.js'

const facts = {app: 'example-app', command: 'pipeline:ship', run: 'r1'}
const done: HookOutcome = {outcome: 'done', exitCode: 0, message: 'Shipped.', release: 42}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hooks-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, {recursive: true})
})

const hook = async (command: string, options: {timeoutMs?: number; signal?: AbortSignal} = {}) => {
  const lines: string[] = []
  const {signal = new AbortController().signal, timeoutMs = 30_000} = options
  const end = await runHook({command, env: process.env, timeoutMs, signal, onLine: (line) => lines.push(line)})
  return {end, lines}
}

const pidIn = async (file: string): Promise<number> => {
  await expect
    .poll(async () => Number(await readFile(file, 'utf8').catch(() => '')), {timeout: 10_000})
    .toBeGreaterThan(0)
  return Number(await readFile(file, 'utf8'))
}

/** Where nobody reaps orphans (process 1 of a container may not), an ended one stays as a zombie. */
const isAlive = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat !== undefined && !/\) [XZ] /.test(stat)
}

describe('a command', () => {
  it('gives its lines, of both streams, whole, and the last one without an end too', async () => {
    const {end, lines} = await hook(`printf 'a\\r\\nü'; printf ' b\\n' ; echo c >&2; printf d`)
    expect(end).toEqual({ok: true})
    expect(lines.sort()).toEqual(['a', 'c', 'd', 'ü b'])
  })

  it('gives a line that never ends in pieces', async () => {
    const {lines} = await hook(`head -c 100000 /dev/zero | tr '\\0' x`)
    expect(lines.join('')).toHaveLength(100_000)
    expect(Math.max(...lines.map(({length}) => length))).toBeLessThan(100_000)
  })

  it.each([
    ['exit 3', 'exited with status 3'],
    ['kill -KILL $$', 'was ended by SIGKILL'],
    ['no-such-command-anywhere', 'exited with status 127'],
  ])('%s fails', async (command, said) => {
    expect((await hook(command)).end).toEqual({ok: false, said})
  })

  it('that leaves something in the background is over when it is over', async () => {
    const file = path.join(folder, 'pid')
    const {end, lines} = await hook(`sleep 60 & echo $! > '${file}'; echo said`)
    const pid = await pidIn(file)
    expect({end, lines}).toEqual({end: {ok: true}, lines: ['said']})
    expect(await isAlive(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
  })

  it.each([
    ['its time is over', 'was ended after 3 s'],
    ['the run is interrupted', 'was ended: the run was interrupted'],
  ])('ends with all that it started when %s, also what does not heed SIGTERM', async (why, said) => {
    const file = path.join(folder, 'pid')
    const stop = new AbortController()
    const late = why.startsWith('its')
    const command = `sh -c 'trap "" TERM; echo $$ > "${file}"; while :; do sleep 1; done' & wait`
    const running = hook(command, {timeoutMs: late ? 3000 : 60_000, signal: stop.signal})
    const pid = await pidIn(file)
    if (!late) stop.abort()
    expect((await running).end).toEqual({ok: false, said})
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('is not started once the run is interrupted', async () => {
    const file = path.join(folder, 'made')
    const {end} = await hook(`echo 1 > '${file}'`, {signal: AbortSignal.abort()})
    expect(end).toEqual({ok: false, said: 'was not started: the run was interrupted'})
    await expect(readFile(file)).rejects.toThrow()
  })
})

describe('--before', () => {
  const planOf = (command: string, world: string[]) => {
    const effect: Step<object> = {
      id: 'effect',
      title: 'Do',
      failsAs: 'before',
      run: async () => void world.push('done'),
    }
    return {name: 'test', steps: [runBefore(command, facts), effect], policy: {before: beforeRow('example-app')}}
  }

  it('that fails leaves everything untouched: exit 1', async () => {
    const world: string[] = []
    const {events, run} = testRun()
    const verdict = await runPlan(planOf('echo notifying; exit 4', world), {}, run, null)
    expect(verdict).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      reason: 'The --before command exited with status 4',
      message: 'Nothing of example-app was touched.',
      left: [],
    })
    expect(world).toEqual([])
    expect(events).toContainEqual(expect.objectContaining({type: 'step-log', step: 'before', line: 'notifying'}))
  })

  it('knows the app, and its text, which may hold a token, is told nowhere', async () => {
    const journal = memoryJournal()
    const {events, run} = testRun(journal)
    const secret = 'a-token-nobody-may-see'
    const command = `: ${secret}; echo "$SHIP_APP $SHIP_COMMAND $SHIP_RUN"`
    expect(await runPlan(planOf(command, []), {}, run, null)).toEqual({outcome: 'done'})
    expect(events).toContainEqual(expect.objectContaining({line: 'example-app pipeline:ship r1'}))
    expect(JSON.stringify([events, journal.entries])).not.toContain(secret)
  })

  it('that is interrupted ends the run as interrupted', async () => {
    const {run} = testRun()
    const file = path.join(folder, 'pid')
    const running = runPlan(planOf(`echo $$ > '${file}'; exec sleep 60`, []), {}, run, null)
    await pidIn(file)
    run.interrupt('SIGINT')
    expect(await running).toMatchObject({outcome: 'interrupted', exitCode: 130})
  })
})

describe('--after', () => {
  const redact = createRedactor(['top-secret-token'])
  const shown = 'for n in OUTCOME EXIT_CODE APP RELEASE COMMAND RUN MESSAGE; do eval echo "$n=\\"\\$SHIP_$n\\""; done'

  it('gets the outcome in its environment, without secrets', async () => {
    const {events, run} = testRun()
    await runAfter(shown, facts, {...done, message: 'Shipped with top-secret-token.'}, {redact, run})
    const lines = events.flatMap((event) => (event.type === 'step-log' ? [event.line] : []))
    expect(lines).toEqual([
      'OUTCOME=done',
      'EXIT_CODE=0',
      'APP=example-app',
      'RELEASE=v42',
      'COMMAND=pipeline:ship',
      'RUN=r1',
      'MESSAGE=Shipped with ***.',
    ])
  })

  it('of a run without a release has no release of an outer run', async () => {
    vi.stubEnv('SHIP_RELEASE', 'v7')
    const {events, run} = testRun()
    const held: HookOutcome = {outcome: 'held', exitCode: 4, message: 'Held.'}
    await runAfter('echo "[$SHIP_RELEASE] $SHIP_EXIT_CODE"', facts, held, {redact, run})
    expect(events).toContainEqual(expect.objectContaining({line: '[] 4'}))
  })

  it.each(['exit 9', 'kill -KILL $$', 'no-such-command-anywhere'])(
    '%s changes nothing but the story',
    async (command) => {
      const {events, run} = testRun()
      await expect(runAfter(command, facts, done, {redact, run})).resolves.toBeUndefined()
      expect(events.at(-1)).toMatchObject({type: 'step-failed', message: expect.stringContaining('the outcome stays')})
    },
  )

  it('tells somebody after an interruption as well', async () => {
    const {events, run} = testRun()
    run.interrupt('SIGTERM')
    await runAfter('echo told', facts, {outcome: 'interrupted', exitCode: 143, message: ''}, {redact, run})
    expect(events).toContainEqual(expect.objectContaining({line: 'told'}))
    expect(events.at(-1)).toMatchObject({type: 'step-succeeded'})
  })

  it('gets a message however long it is', async () => {
    const {events, run} = testRun()
    await runAfter('test -n "$SHIP_MESSAGE"', facts, {...done, message: '\0x'.repeat(1_000_000)}, {redact, run})
    expect(events.at(-1)).toMatchObject({type: 'step-succeeded'})
  })
})
