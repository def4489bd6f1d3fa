import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {emptyHome, runHeroku, startHeroku, type HerokuHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {until} from './fixture.js'
import {startPlatform, type LocalHeroku} from './index.js'

/** A stranger reads the log; what it makes of our other answers: test/conformance/. */
let heroku: LocalHeroku
let home: HerokuHome

beforeEach((ctx) => needs(ctx, 'heroku-cli'))
beforeAll(async () => {
  heroku = await startPlatform({exampleApp: true})
  home = await emptyHome()
  await until(() => expect(heroku.world('example-app').dynos.filter(({state}) => state === 'up')).toHaveLength(3))
})
afterAll(async () => {
  await heroku.stop()
  await home.remove()
})

const env = () => ({...heroku.env, CI: 'true'})

async function cli(...argv: string[]) {
  const {code, stdout} = await runHeroku([...argv, '--app', 'example-app'], {home, env: env()})
  return {
    code,
    out: stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  }
}

describe('the stock Heroku CLI, unchanged', () => {
  it('logs', async () => {
    const {code, out} = await cli('logs', '--num', '3', '--source', 'heroku', '--process-type', 'worker')
    expect(code).toBe(0)
    expect(out).toHaveLength(3)
    for (const line of out) expect(line).toMatch(/^\S+\+00:00 heroku\[worker\.\d\]: /)
  })

  it.each([
    [['-d', 'web.1'], /^\S+ (app|heroku)\[web\.1\]: /],
    [['-s', 'app'], /^\S+ app\[/],
    [['-p', 'web'], /^\S+ (app|heroku)\[web\.\d+\]: /],
    [['--process-type', 'worker'], /^\S+ (app|heroku)\[worker\.\d+\]: /],
  ])('logs %j', async (argv, ours) => {
    const kept = heroku.log('example-app')
    const {code, out} = await cli('logs', ...argv, '--num', '1500')
    const wanted = kept.filter((line) => ours.test(line))
    expect([code, wanted.length > 0, wanted.length < kept.length]).toEqual([0, true, true])
    expect(out.slice(0, wanted.length)).toEqual(wanted.map((line) => line.trimEnd()))
    for (const line of out) expect(line).toMatch(ours)
  })

  it('logs --tail', async () => {
    const tail = await startHeroku(['logs', '--tail', '--app', 'example-app'], {home, env: env()})
    await tail.says('heroku[web.1]: State changed')
    const {web_url: url} = await app()
    await fetch(new URL('/seen-by-the-tail', url))
    await tail.says('app[web.1]: GET /seen-by-the-tail')
    tail.kill('SIGTERM')
    await tail.done
  })
})

async function app(): Promise<{web_url: string}> {
  const headers = {Authorization: `Bearer ${heroku.apiKey}`, Accept: 'application/vnd.heroku+json; version=3'}
  return (await fetch(`${heroku.url}/apps/example-app`, {headers})).json() as Promise<{web_url: string}>
}
