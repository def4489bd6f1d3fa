import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {emptyHome, runHeroku, startHeroku, type HerokuHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {until} from './fixture.js'
import {startPlatform, type Knobs, type LocalHeroku} from './index.js'

/** The stock CLI is the judge of our rendezvous: it checks the certificate and reads the bytes its own way. Its exit codes: test/conformance/. */
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
  it('a first word that is a process type is its command; a client that goes ends it', async () => {
    const worker = await startHeroku(['run', ...at, 'worker'], {home, env: env()})
    await worker.says('working')
    worker.kill('SIGKILL')
    await worker.done
    await until(() =>
      expect(heroku.log('example-app').join('\n')).toMatch('Client connection closed. Sending SIGHUP to all processes'),
    )
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
