import {spawnSync} from 'node:child_process'

import {describe, expect, it} from 'vitest'

import {checkPending} from '../../src/lib/migrate/one-off/run-command.js'
import {NotStarted} from '../../src/lib/migrate/one-off/types.js'
import {until} from '../platform/fixture.js'
import {APP, useOneOffs} from './one-off-rig.js'

const heroku = useOneOffs()
const {context, created, refuseLogs, run, written} = heroku

/** What the command itself would write, and its status. */
function alone(command: string): {lines: string[]; status: number} {
  const {status, stdout} = spawnSync('/bin/sh', ['-c', '/bin/sh -c "$1" 2>&1 </dev/null; exit $?', 'sh', command])
  const text = stdout.toString().replace(/\n$/, '')
  return {lines: text === '' ? [] : text.split('\n'), status: status ?? -1}
}

const notListed = () => until(async () => expect(await heroku.platform.dynos(APP)).toEqual([]))
const count = (n: number): string => `i=0; while [ $i -lt ${n} ]; do i=$((i+1)); echo line $i; sleep 0.005; done`
const counted = (n: number): string[] => Array.from({length: n}, (_, i) => `line ${i + 1}`)

describe('a command in a one-off dyno', () => {
  it.each([
    ['true'],
    ['echo out; echo err >&2; echo "it\'s out"; exit 3'],
    ['printf "no line end"; exit 4'],
    ['printf "\\n\\nblank lines\\n\\n"'],
    ['exec sh -c "echo exec; exit 5"'],
    ['cat <<END\nheredoc "$((40+2))"\nEND'],
    ['echo background & wait; exit 6 # comment'],
    ['echo é☃; false'],
    ['no-such-command'],
    ['echo worker'],
  ])('ends and says what it ends and says by itself: %s', async (command) => {
    const {lines, status} = alone(command)
    const ran = await run(command)
    expect(ran.lines.map((line) => line.replace(/^\/bin\/sh: /, ''))).toEqual(
      lines.map((line) => line.replace(/^\/bin\/sh: /, '')),
    )
    expect(ran.end).toMatchObject({outcome: status === 0 ? 'succeeded' : 'failed', status})
    expect(ran.end.dyno).toMatch(/^run\.\d+$/)
  })

  it('may begin with a process type, which stands for its command', async () => {
    const {end, lines} = await run('worker')
    expect({outcome: end.outcome, lines}).toEqual({outcome: 'succeeded', lines: ['worker here']})
  })

  it('has its environment, and its type’s image and name', async () => {
    const {end, lines} = await run('echo $STEP', {env: {STEP: 'two'}, command: {command: 'echo $STEP', type: 'worker'}})
    expect({outcome: end.outcome, lines}).toEqual({outcome: 'succeeded', lines: ['two']})
    expect(end.dyno).toMatch(/^worker\.\d+$/)
  })

  it('that is killed has failed, whatever it can no longer say', async () => {
    const {end} = await run('echo before; kill -9 0')
    expect(end).toMatchObject({outcome: 'failed', status: 137, why: expect.stringContaining('killed')})
  })

  it('that somebody stops has failed', async () => {
    const ready = (line: string): void => {
      if (line !== 'ready') return
      void heroku.platform.dynos(APP).then(([dyno]) => heroku.platform.stopDyno(APP, dyno!.name))
    }
    const {end} = await run('echo ready; sleep 60', {onLine: ready})
    expect(end).toMatchObject({outcome: 'failed', status: 143})
  })
})

describe('its output', () => {
  it.each([1, 2, 7])('comes whole and in order when the stream is cut every %d lines', async (k) => {
    heroku.local.knobs(APP).logTailCutAfterLines = k
    const {end, lines} = await run(count(40))
    expect(end.outcome).toBe('succeeded')
    expect(lines).toEqual(counted(40))
  })

  it('that lost lines is trusted when the log still has both signs of the end', async () => {
    heroku.local.knobs(APP).logTailDropLines = 40
    const {end, lines} = await run(`${count(30)}; exit 7`)
    expect(end).toMatchObject({outcome: 'failed', status: 7})
    expect(lines.length).toBeLessThan(30)
  })

  it('that lost lines is not trusted when the log can not be read any more', async () => {
    const onLine = (line: string): void => {
      if (line !== 'first') return
      // Up to our own last line, with the empty one before it; Heroku's comes.
      heroku.local.knobs(APP).logTailDropLines = 16
      refuseLogs()
    }
    const {end, lines} = await run(`echo first; sleep 0.3; ${count(14)}`, {onLine})
    expect(lines).toEqual(['first', expect.stringContaining('L11')])
    expect(end).toMatchObject({outcome: 'unknown', why: expect.stringContaining('lost')})
  })

  it('that nobody can read leaves the end unknown, once the dyno is gone', async () => {
    const {end} = await run('sleep 0.5; exit 0', {onDyno: () => void refuseLogs()})
    expect(end).toMatchObject({outcome: 'unknown', why: expect.stringContaining('not available in this space')})
    await notListed()
  })
})

describe('the dyno', () => {
  it('is stopped when its time is up, and that is said', async () => {
    const {end} = await run('echo ready; sleep 600', {timeoutMs: 20_000})
    expect(end).toMatchObject({outcome: 'failed', why: 'it was not done after 20s, so it was stopped'})
    await notListed()
  })

  it('that will not stop is seen to its end', async () => {
    const command = 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
    const {end} = await run(command, {timeoutMs: 20_000})
    expect(end).toMatchObject({outcome: 'failed', status: 137})
    await notListed()
  })

  it.each([
    ['runs on', 'echo once; sleep 1; exit 3'],
    ['is gone by the time it is looked for', 'echo once; exit 3'],
  ])('is made once when the answer is lost, and found: it %s', async (_, command) => {
    heroku.local.fault({method: 'POST', path: /dynos$/, moment: 'lost'})
    const {end, lines} = await run(command)
    expect(lines).toEqual(['once'])
    expect(end).toMatchObject({outcome: 'failed', status: 3})
    expect(created()).toBe(1)
  })

  it('is not asked for twice when nobody knows whether there is one', async () => {
    heroku.local.fault({method: 'POST', path: /dynos$/, moment: 'before', status: 502})
    const {end} = await run('true')
    expect(end).toMatchObject({outcome: 'unknown', why: expect.stringContaining('unknown')})
    expect(end.dyno).toBe(undefined)
    expect(heroku.local.requests.filter(({method, path}) => method === 'POST' && path.endsWith('/dynos')).length).toBe(
      1,
    )
  })

  it('is asked for again after 409, for a while', async () => {
    heroku.local.knobs(APP).dynoConflicts = 5
    expect((await run('true')).end.outcome).toBe('succeeded')
    heroku.local.knobs(APP).dynoConflicts = 999
    await expect(run('true')).rejects.toThrow(/`true` was not run: .*try again in a moment/)
    expect(created()).toBe(1)
  })

  it('that is one too many is refused in words', async () => {
    const sleeping = {command: 'sleep 60', attach: false, size: 'performance-m'}
    await Promise.all(Array.from({length: 5}, () => heroku.platform.createDyno(APP, sleeping)))
    const refused = run('', {command: {command: 'true', size: 'performance-m'}})
    await expect(refused).rejects.toThrow(NotStarted)
    await expect(refused).rejects.toThrow(/Cannot run more than 5 .*heroku ps --app acme/)
  })

  it('is not asked for while Heroku is down, but after', async () => {
    heroku.local.fault({method: 'POST', path: /log-sessions/, moment: 'before', times: 5})
    heroku.local.fault({method: 'GET', path: /formation/, moment: 'before', times: 5})
    expect((await run('true')).end.outcome).toBe('succeeded')
  })

  it.each([
    ['goes on', 'leave', 'done\n'],
    ['ends, when told to', 'stop', ''],
  ] as const)('%s when we are interrupted', async (_, onAbort, file) => {
    const over = new AbortController()
    const command = `echo ready; sleep 0.7; echo done > ${heroku.folder}/file`
    const {end} = await run(command, {signal: over.signal, onAbort, onLine: () => over.abort(new Error('Ctrl-C'))})
    expect(end.outcome).toBe('left')
    await notListed()
    expect(await written('file')).toBe(file)
  })
})

describe('where there are no logs', () => {
  it('it is attached to, and ends and says the same', async () => {
    refuseLogs()
    for (const command of ['echo out; echo err >&2; exit 3', 'printf "\\357\\277\\277 héllo"', 'cat; exit 9']) {
      const {lines, status} = alone(command)
      const ran = await run(command)
      expect(ran.lines).toEqual(lines)
      expect(ran.end).toMatchObject({outcome: status === 0 ? 'succeeded' : 'failed', status})
    }
  })

  it.each([
    ['the marker is cut', {rendezvousSplitAfter: Buffer.from('heroku-pipe')}],
    ['characters are cut', {rendezvousSplitAfter: Buffer.from([0xef])}],
    ['all begins in one chunk', {rendezvousJoinsFirst: true}],
  ])('also when %s', async (_, knobs) => {
    refuseLogs()
    Object.assign(heroku.local.knobs(APP), knobs)
    const {end, lines} = await run('printf "\\357\\277\\277 one\\ntwo\\357\\277\\277"; exit 8')
    expect({lines, end}).toMatchObject({lines: ['\uFFFF one', 'two\uFFFF'], end: {outcome: 'failed', status: 8}})
  })

  it('it goes on when the connection breaks, and how it ended is unknown', async () => {
    refuseLogs()
    // In the middle of its first line: ours before it is 45 bytes.
    heroku.local.knobs(APP).rendezvousCutAfterBytes = 50
    const {end, lines} = await run(`echo 123456789; sleep 0.7; echo done > ${heroku.folder}/file`)
    expect(lines).toEqual(['12345'])
    expect(end.outcome).toBe('unknown')
    expect(await written('file')).toBe('done\n')
  })

  it('nothing is known when there is no way to it', async () => {
    refuseLogs()
    heroku.local.knobs(APP).rendezvousBlocked = true
    const {end} = await run('true')
    expect(end).toMatchObject({outcome: 'unknown', why: expect.stringContaining('localhost:1 is refused')})
  })
})

describe('whether a migration is pending', () => {
  it.each([
    ['exit 0', false],
    ['exit 1', true],
    ['kill -9 0', true],
    ['no-such-command', true],
  ])('is asked by a command: %s', async (command, pending) => {
    const {ctx} = context()
    const asked = checkPending({app: APP, command: {command}, timeoutMs: 60_000}, ctx)
    expect(await asked).toMatchObject({pending, why: expect.stringContaining(`\`${command}\``)})
  })

  it('is taken for granted when it can not be asked', async () => {
    heroku.local.knobs(APP).dynoConflicts = 999
    const {ctx} = context()
    const asked = checkPending({app: APP, command: {command: 'true'}, timeoutMs: 60_000}, ctx)
    expect(await asked).toMatchObject({pending: true, why: expect.stringContaining('was not run')})
  })
})
