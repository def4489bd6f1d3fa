import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {emptyHome, runHeroku, startHeroku, type HerokuHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {until} from './fixture.js'
import {startPlatform, type Knobs, type LocalHeroku} from './index.js'

/** The stock CLI is the judge of our rendezvous: it checks the certificate and reads the bytes its own way. */
let heroku: LocalHeroku
let home: HerokuHome

beforeEach((ctx) => needs(ctx, 'heroku-cli'))
beforeAll(async () => {
  heroku = await startPlatform({exampleApp: true})
  home = await emptyHome()
})
afterAll(async () => {
  await heroku.stop()
  await home.remove()
})

const env = () => ({...heroku.env, CI: 'true', TERM: 'dumb'})
const at = ['--app', 'example-app']
const cli = (...argv: string[]) => runHeroku(argv, {home, env: env()})

async function withKnobs<T>(set: Partial<Knobs>, work: () => Promise<T>): Promise<T> {
  const knobs = heroku.knobs('example-app')
  const before = {...knobs}
  Object.assign(knobs, set)
  try {
    return await work()
  } finally {
    Object.assign(knobs, before)
  }
}

describe('the stock Heroku CLI, unchanged, and one-off dynos (platform-facts §5)', () => {
  it('run -x exits as the command did', async () => {
    expect(await cli('run', '-x', ...at, '--', 'true')).toMatchObject({code: 0})
    const failed = await cli('run', '-x', ...at, '--', 'sh', '-c', 'echo out; exit 3')
    expect([failed.code, failed.stdout, failed.stderr]).toEqual([
      3,
      'out\n',
      expect.stringContaining('Process exited with code 3'),
    ])
  })

  it('run without -x exits 0 whatever the command did', async () => {
    const {code, stderr, stdout} = await cli('run', '--no-tty', ...at, '--', 'echo out; exit 3')
    expect([code, stdout]).toEqual([0, 'out\n'])
    expect(stderr).toMatch(/Running .* on .*example-app.*up, run\.\d{4}/)
    expect(
      heroku.log('example-app').some((line) => /heroku\[run\.\d+]: Process exited with status 3$/.test(line)),
    ).toBe(true)
  })

  it('run --env and --size reach the dyno; a first word that is a process type is its command', async () => {
    const {stdout} = await cli('run', '--env', 'A=b', '--size', 'standard-2x', ...at, '--', 'echo $A')
    expect(stdout).toBe('b\n')
    expect(heroku.requests.findLast(({method}) => method === 'POST')?.body).toMatchObject({size: 'Standard-2X'})
    const worker = await startHeroku(['run', ...at, 'worker'], {home, env: env()})
    await worker.says('working')
    worker.kill('SIGKILL')
    await worker.done
    await until(() =>
      expect(heroku.log('example-app').join('\n')).toMatch('Client connection closed. Sending SIGHUP to all processes'),
    )
  })

  it('run:detached, ps and ps:stop', async () => {
    const started = await cli('run:detached', ...at, '--', 'echo begun; sleep 600')
    const name = /--dyno (run\.\d{4})/.exec(started.stdout)?.[1] ?? ''
    expect([started.code, name]).toEqual([0, expect.stringMatching(/^run\.\d{4}$/)])
    await until(() => expect(heroku.log('example-app').join('\n')).toMatch(`app[${name}]: begun`))
    const {stdout} = await cli('ps', ...at)
    expect(stdout).toMatch('=== run: one-off processes')
    expect(stdout).toMatch(new RegExp(`${name} \\(Standard-1X\\): up .*: echo begun; sleep 600`))
    expect(await cli('ps:stop', '--dyno-name', name, ...at)).toMatchObject({code: 0})
    expect((await cli('ps', ...at)).stdout).not.toMatch(name)
    await until(() => expect(heroku.log('example-app').join('\n')).toMatch(`${name}]: Process exited with status 143`))
  })

  it('gives up at the first 409: its retry looks for the status where it is not', async () => {
    const before = heroku.requests.length
    const run = await withKnobs({dynoConflicts: 1}, () => cli('run', '-x', ...at, '--', 'true'))
    const asked = heroku.requests.slice(before).filter(({method}) => method === 'POST')
    expect([run.code, asked.map(({status}) => status)]).toEqual([2, [409]])
    expect(run.stderr).toMatch('please try again in a moment')
  })

  it('finds the marker when it is cut inside the UTF-8, and loses it when it comes in two chunks', async () => {
    const run = () => cli('run', '-x', ...at, '--', 'sh', '-c', 'exit 3')
    expect((await withKnobs({rendezvousSplitAfter: Buffer.from([0xef])}, run)).code).toBe(3)
    expect((await withKnobs({rendezvousSplitAfter: Buffer.from('heroku-command-')}, run)).code).toBe(1)
  })

  it('drops output that comes with the line `rendezvous`', async () => {
    const run = await withKnobs({rendezvousJoinsFirst: true}, () => cli('run', ...at, '--', 'echo lost; sleep 1'))
    expect([run.code, run.stdout]).toEqual([0, ''])
  })

  it('calls a connection that is cut a success, unless it was asked for the exit code', async () => {
    const cut = {rendezvousCutAfterBytes: 2}
    const run = await withKnobs(cut, () => cli('run', ...at, '--', 'echo 1234; sleep 60'))
    expect([run.code, run.stdout]).toEqual([0, '12'])
    expect((await withKnobs(cut, () => cli('run', '-x', ...at, '--', 'echo 1234; sleep 60'))).code).toBe(1)
  })

  it('does not trust a server that the authorities do not vouch for', async () => {
    const {code, stderr} = await runHeroku(['run', ...at, '--', 'true'], {
      home,
      env: {...env(), NODE_EXTRA_CA_CERTS: undefined},
    })
    expect([code, stderr]).toEqual([1, expect.not.stringContaining('up, run')])
  })
})
