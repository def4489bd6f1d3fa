import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {emptyHome, runHeroku, startHeroku, type HerokuHome} from '../real/heroku-cli.js'
import {needs, officialSchemas} from '../real/needs.js'
import {until} from './fixture.js'
import {startPlatform, type LocalHeroku} from './index.js'
import {unlikeTheSchemas} from './official-schema.js'

/** A stranger: what it makes of our answers is not our opinion. */
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
  const {code, stderr, stdout} = await runHeroku([...argv, '--app', 'example-app'], {home, env: env()})
  return {
    code,
    out: stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
    err: stderr,
  }
}

describe('the stock Heroku CLI, unchanged', () => {
  it('apps:info', async () => {
    const {code, out} = await cli('apps:info')
    expect(code).toBe(0)
    expect(out).toEqual(
      expect.arrayContaining([
        '=== example-app',
        'Addons:         heroku-postgresql:essential-0',
        '                heroku-redis:mini',
        'Owner:          founder@example.com',
        'Dynos:          web: 1, worker: 2',
        'Stack:          container',
      ]),
    )
    const url =
      out
        .find((line) => line.startsWith('Web URL:'))
        ?.split(/\s+/)
        .at(-1) ?? ''
    expect(await (await fetch(url)).text()).toBe('Hello from example-app\n')
  })

  it('ps', async () => {
    const {code, out} = await cli('ps')
    expect(code).toBe(0)
    expect(out.map((line) => line.replace(/(up) .*/, '$1').replace(/: \/bin.*/, ''))).toEqual([
      '=== web (Standard-1X)',
      '',
      'web.1: up',
      '',
      '=== worker (Standard-1X)',
      '',
      'worker.1: up',
      'worker.2: up',
    ])
  })

  it('ps:scale', async () => {
    const changed = await cli('ps:scale', 'worker=1')
    expect([changed.code, changed.err]).toEqual([0, 'Scaling dynos... done, now running worker at 1:Standard-1X\n'])
    expect((await cli('ps:scale', 'worker+1')).err).toMatch('worker at 2:Standard-1X')
    expect((await cli('ps:scale')).out).toEqual(['web=1:Standard-1X worker=2:Standard-1X'])
    const unknown = await cli('ps:scale', 'clock=1')
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining("Couldn't find that process type (clock)."),
    ])
  })

  it('config and config:set', async () => {
    const version = heroku.world('example-app').releases + 1
    const set = await cli('config:set', 'GREETING=hello')
    expect([set.code, set.out]).toEqual([0, ['GREETING: hello']])
    expect(set.err).toMatch(`Setting GREETING and restarting example-app... done, v${version}`)
    const {code, out} = await cli('config')
    expect([code, out[0]]).toEqual([0, '=== example-app Config Vars'])
    expect(out).toEqual(
      expect.arrayContaining(['GREETING:     hello', expect.stringMatching(/^DATABASE_URL: postgres:/)]),
    )
  })

  it('releases and releases:rollback', async () => {
    await cli('config:set', 'COLOUR=green')
    const before = heroku.world('example-app').releases
    const back = await cli('releases:rollback')
    expect(back.code).toBe(0)
    expect(back.err).toMatch(`Rolling back example-app to v${before - 1}... done, v${before + 1}`)
    const {code, out} = await cli('releases')
    expect([code, out[0]]).toEqual([0, `=== example-app Releases - Current: v${before + 1}`])
    expect(out.some((line) => line.includes(`v${before + 1}`) && line.includes(`Rollback to v${before - 1}`))).toBe(
      true,
    )
    expect((await cli('config')).out.join('\n')).not.toMatch('COLOUR')
  })

  it('maintenance:on and maintenance:off', async () => {
    expect(await cli('maintenance:on')).toMatchObject({
      code: 0,
      err: 'Enabling maintenance mode for example-app... done\n',
    })
    expect(heroku.world('example-app').maintenance).toBe(true)
    expect(await cli('maintenance:off')).toMatchObject({
      code: 0,
      err: 'Disabling maintenance mode for example-app... done\n',
    })
    expect(heroku.world('example-app').maintenance).toBe(false)
  })

  it('features', async () => {
    const {code, out} = await cli('features')
    expect([code, out[0]]).toEqual([0, '=== App Features example-app'])
    expect(out).toContain('[ ] preboot                Provide seamless web dyno deploys')
    expect(out.join('\n')).toMatch('log-runtime-metrics')
  })

  it('addons', async () => {
    const {code, out} = await cli('addons')
    expect(code).toBe(0)
    expect(out.join('\n')).toMatch(
      /heroku-postgresql \(postgresql-[\w-]+\)\s+essential-0\s+~\$0\.007\/hour\s+\$5\/month\s+created/,
    )
    expect(out.join('\n')).toMatch(/as DATABASE[^]*heroku-redis[^]*as REDIS/)
  })

  it('logs', async () => {
    const {code, out} = await cli('logs', '--num', '5', '--source', 'heroku', '--process-type', 'worker')
    expect(code).toBe(0)
    expect(out).toHaveLength(5)
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

  it('says what a person must know when the app does not exist or the token is wrong', async () => {
    const none = await runHeroku(['ps', '--app', 'nowhere'], {home, env: env()})
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("Couldn't find that app.")])
    const wrong = await runHeroku(['ps', '--app', 'example-app'], {home, env: {...env(), HEROKU_API_KEY: 'wrong'}})
    expect(wrong.stderr).toMatch('The token provided to HEROKU_API_KEY is invalid')
  })

  it('asked for nothing that is not there', () => {
    const unknown = heroku.requests.filter(({path, status}) => status >= 400 && !/nowhere|coupling/.test(path))
    expect(
      unknown.filter(({status}) => status !== 401).map(({method, path, status}) => `${method} ${path} ${status}`),
    ).toEqual(['PATCH /apps/example-app/formation 404'])
  })

  it('was answered as the official schemas say', async (ctx) => {
    await needs(ctx, 'official-schemas')
    expect(unlikeTheSchemas(officialSchemas, heroku.requests)).toEqual([])
  })
})

async function app(): Promise<{web_url: string}> {
  const headers = {Authorization: `Bearer ${heroku.apiKey}`, Accept: 'application/vnd.heroku+json; version=3'}
  return (await fetch(`${heroku.url}/apps/example-app`, {headers})).json() as Promise<{web_url: string}>
}
