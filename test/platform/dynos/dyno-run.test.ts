import {spawnSync} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {type DynoOptions, type DynoRun, startDyno} from './dyno-run.js'

let cwd: string
const runs: DynoRun[] = []
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'dyno-'))
})
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.kill()
    await run.stop()
  }
  await rm(cwd, {recursive: true})
})

const WAIT = 'while :; do sleep 0.05; done'

test('a worker is up once it runs, and ends on SIGTERM with 143', async () => {
  const dyno = start({command: WAIT})
  await dyno.seen('State changed from starting to up')
  expect(await dyno.stop()).toBe(143)
  expect(dyno.lines).toEqual([
    `heroku: Starting process with command \`${WAIT}\``,
    'heroku: State changed from starting to up',
    'heroku: Stopping all processes with SIGTERM',
    'heroku: Process exited with status 143',
  ])
  expect(dyno.states).toEqual(['starting', 'up', 'down'])
})

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
])('a web dyno is up when it has bound its port on %s', async (_, host) => {
  const port = await freePort()
  const code = `setTimeout(() => require("http").createServer().listen(process.env.PORT, "${host}"), 100)`
  const dyno = start({command: `node -e '${code}'`, port, name: 'web.1'})
  await dyno.seen('State changed from starting to up')
  expect(await dyno.stop()).toBe(143)
})

test('a web dyno that never binds gets R10', async () => {
  const dyno = start({command: `echo alive; ${WAIT}`, port: await freePort(), bootTimeoutMs: 300})
  expect(await dyno.exit).toBe(137)
  expect(dyno.lines.slice(1)).toEqual([
    'app: alive',
    'heroku: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch',
    'heroku: Stopping process with SIGKILL',
    'heroku: Process exited with status 137',
    'heroku: State changed from starting to crashed',
  ])
  expect(dyno.states).toEqual(['starting', 'crashed'])
})

test('a web dyno that ends before it binds crashes while starting', async () => {
  const dyno = start({command: 'echo "cannot find module" >&2; exit 3', port: await freePort()})
  expect(await dyno.exit).toBe(3)
  expect(dyno.lines.slice(1)).toEqual([
    'app: cannot find module',
    'heroku: Process exited with status 3',
    'heroku: State changed from starting to crashed',
  ])
})

test('one that will not end gets R12 and 137', async () => {
  const dyno = start({command: `trap "" TERM; echo ready; ${WAIT}`, killAfterMs: 200})
  await dyno.seen('app: ready')
  expect(await dyno.stop()).toBe(137)
  expect(dyno.lines.slice(-4)).toEqual([
    'heroku: Stopping all processes with SIGTERM',
    'heroku: Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM',
    'heroku: Stopping remaining processes with SIGKILL',
    'heroku: Process exited with status 137',
  ])
})

test.each([
  ['crashed', 0],
  ['crashed', 1],
  ['complete', 0],
  ['complete', 1],
] as const)('one that ends by itself is %s, with status %i', async (ending, status) => {
  const dyno = start({command: `exit ${status}`, ending})
  expect(await dyno.exit).toBe(status)
  expect(dyno.lines.slice(-2)).toEqual([
    `heroku: Process exited with status ${status}`,
    `heroku: State changed from up to ${ending}`,
  ])
  expect(dyno.states).toEqual(['starting', 'up', ending])
  expect(await dyno.stop()).toBe(status)
  expect(dyno.lines.at(-1)).toBe(`heroku: State changed from up to ${ending}`)
})

test('a process killed from outside crashes with 128 + the signal', async () => {
  expect(await start({command: 'kill -SEGV $$'}).exit).toBe(139)
})

test('no process survives: not the grandchildren of one that crashed, was stopped, or was killed', async () => {
  const family = `sh -c 'trap "" TERM; echo pid $$; ${WAIT}' & sh -c 'trap "" TERM; echo pid $$; ${WAIT}' & `
  const ends: Array<[string, (dyno: Started) => unknown]> = [
    [`${family} sleep 0.3; exit 1`, () => undefined],
    [`${family} wait`, (dyno) => dyno.stop()],
    [`${family} wait`, (dyno) => dyno.kill()],
  ]
  for (const [command, end] of ends) {
    const dyno = start({command, killAfterMs: 100})
    await expect.poll(() => dyno.pids().length, {timeout: 10_000}).toBe(2)
    end(dyno)
    await dyno.exit
    expect(dyno.pids().filter((pid) => isAlive(pid))).toEqual([])
  }
})

test('everything it said is there before its end is told, whole characters, unfinished lines too', async () => {
  const code = 'for (let i = 0; i < 3000; i++) console.log("línea " + i); process.stdout.write("no line end")'
  const dyno = start({command: `node -e '${code}'`, ending: 'complete'})
  await dyno.exit
  const said = dyno.lines.filter((line) => line.startsWith('app: '))
  expect(said).toEqual([...Array.from({length: 3000}, (_, i) => `app: línea ${i}`), 'app: no line end'])
  expect(dyno.lines.at(-2)).toBe('heroku: Process exited with status 0')
})

test('it gets its config vars and nothing of the platform’s own environment', async () => {
  process.env.OF_THE_PLATFORM = 'secret'
  const dyno = start({command: 'echo "$GREETING $OF_THE_PLATFORM."', env: {GREETING: 'hello'}, ending: 'complete'})
  await dyno.exit
  delete process.env.OF_THE_PLATFORM
  expect(dyno.lines).toContain('app: hello .')
})

test('a folder that is not there is a crash, not an exception', async () => {
  const dyno = start({command: 'true', cwd: path.join(cwd, 'missing')})
  expect(await dyno.exit).toBe(127)
  expect(dyno.states).toEqual(['starting', 'crashed'])
})

type Started = ReturnType<typeof start>

function start(options: Partial<DynoOptions> & {command: string}) {
  const lines: string[] = []
  const states: string[] = []
  let tell: (status: number) => void
  const exit = new Promise<number>((resolve) => {
    tell = resolve
  })
  const run = startDyno({
    name: 'worker.1',
    cwd,
    env: {},
    bootTimeoutMs: 20_000,
    killAfterMs: 20_000,
    log: (source, _, text) => lines.push(`${source}: ${text}`),
    onState: (state) => states.push(state),
    onExit: (status) => tell(status),
    ...options,
  })
  runs.push(run)
  return {
    ...run,
    exit,
    lines,
    states,
    pids: () => lines.flatMap((line) => /^app: pid (\d+)$/.exec(line)?.slice(1).map(Number) ?? []),
    seen: (text: string) => expect.poll(() => lines.join('\n'), {timeout: 20_000}).toContain(text),
  }
}

/** A dead process nobody has reaped yet still answers signals: `ps` tells. */
function isAlive(pid: number): boolean {
  const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'})
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
