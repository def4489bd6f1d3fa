import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {emptyHome, runHeroku, type HerokuHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {idle, until, usePlatform, webSaying, type Loose} from './fixture.js'

/** The bad days of platform-facts §12, as the stock CLI meets them: what it does is what a person is used to. */
const platform = usePlatform()
const {ask} = platform
let home: HerokuHome

beforeEach(async (ctx) => {
  await needs(ctx, 'heroku-cli')
  home = await emptyHome()
})
afterEach(() => home.remove())

async function cli(argv: string[], env: Record<string, string> = {}) {
  const ours = {...platform.heroku.env, CI: 'true', TERM: 'dumb', ...env}
  const {code, stderr, stdout} = await runHeroku([argv[0]!, '--app', 'acme', ...argv.slice(1)], {home, env: ours})
  return {code, out: stdout, err: stderr}
}

async function running(worker = 1) {
  await platform.heroku.createApp('acme')
  await platform.heroku.seedRelease('acme', {images: {web: webSaying('one'), worker: idle}, formation: {worker}})
  await platform.heroku.settled('acme')
}

const sent = (method: string, path: RegExp) =>
  platform.heroku.requests.filter((one) => one.method === method && path.test(one.path)).map(({status}) => status)

describe('the stock Heroku CLI, unchanged, on a bad day', () => {
  it('gives up at the rate limit, with the platform’s words', async () => {
    await running()
    platform.heroku.rateLimit.remaining = 0
    const {code, err} = await cli(['ps'])
    expect([code, err]).toEqual([2, expect.stringContaining('Your account reached the API rate limit')])
  })

  it('forbidden: says what the platform says', async () => {
    await running()
    platform.heroku.knobs('acme').forbidden = true
    const {code, err} = await cli(['ps'])
    expect([code, err]).toEqual([2, expect.stringContaining('You do not have access to the app acme.')])
  })

  it('shows the HTML of a 503, and does not ask again', async () => {
    await running()
    const body = '<!DOCTYPE html><title>Application error</title>'
    platform.heroku.fault({method: 'PATCH', path: /formation/, moment: 'before', body})
    const {code, err} = await cli(['ps:scale', 'worker=2'])
    expect(code).toBeGreaterThan(0)
    expect(err).toMatch('Application error')
    expect(sent('PATCH', /formation/)).toEqual([503])
  })

  it('sends a POST again when its answer was lost: two dynos', async () => {
    await running()
    platform.heroku.fault({method: 'POST', path: /dynos$/, moment: 'lost'})
    expect((await cli(['run:detached', '--', 'sleep', '60'])).code).toBe(0)
    expect(sent('POST', /dynos$/)).toEqual([0, 201])
    const {body} = await ask('GET', '/apps/acme/dynos')
    expect(body.filter(({type}: Loose) => type === 'run')).toHaveLength(2)
  })

  it('says 416 when a range cannot be read', async () => {
    await running()
    const {code, err} = await cli(['ps'], {HEROKU_HEADERS: '{"range": "colour ..; max=1"}'})
    expect([code, err]).toEqual([2, expect.stringContaining('Requested range is not satisfiable')])
    expect(platform.heroku.requests.map(({status}) => status)).toContain(416)
  })

  it('releasesExpired: finds nothing to roll back to, and is refused an expired release by name', async () => {
    await running()
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    platform.heroku.knobs('acme').releasesExpired = true
    const {code, err} = await cli(['releases:rollback', 'v3'])
    expect([code, err]).toEqual([2, expect.stringMatching(/expired/)])
    expect((await cli(['releases:rollback'])).err).toMatch('No eligible release found')
    expect((await cli(['releases'])).out).toMatch(/v3 .*\n/)
    expect(platform.heroku.world('acme').releases).toBe(4)
  })

  it('shows only the new dynos under preboot, while the old ones serve', async () => {
    await running()
    await ask('PATCH', '/apps/acme/features/preboot', {enabled: true})
    const {web_url: url} = (await ask('GET', '/apps/acme')).body
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    const {out} = await cli(['ps'])
    expect(out.match(/^web\.\d/gm)).toEqual(['web.1'])
    const {body} = await ask('GET', '/apps/acme/dynos')
    expect(body.map(({release}: Loose) => release.version)).toEqual([4, 4])
    expect(await (await fetch(url)).text()).toBe('one')
  })

  it('crashOnBoot: ps shows the crash', async () => {
    await running()
    platform.heroku.knobs('acme').crashOnBoot = {types: ['worker']}
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    await until(() => expect(platform.heroku.world('acme').dynos.map(({state}) => state)).toContain('crashed'))
    expect((await cli(['ps'])).out).toMatch(/^worker\.1: crashed /m)
  })

  it('dynoListLagMs: ps shows a dyno that is gone', async () => {
    await running()
    platform.heroku.knobs('acme').dynoListLagMs = 60_000
    expect((await cli(['ps:scale', 'worker=0'])).code).toBe(0)
    expect((await cli(['ps'])).out).toMatch(/^worker\.1: up /m)
  })

  it('rendezvousBlocked: run fails, and the dyno ends with R13', async () => {
    await running()
    platform.heroku.knobs('acme').rendezvousBlocked = true
    const {code, err} = await cli(['run', '-x', '--', 'true'])
    expect(code).toBeGreaterThan(0)
    expect(err).toMatch('ECONNREFUSED')
    await until(() => expect(platform.heroku.log('acme').join('\n')).toMatch(/Error R13 \(Attach error\)/))
  })

  it('calls config:set done although its release phase fails, and nothing of it runs', async () => {
    await running()
    await platform.heroku.seedRelease('acme', {images: {release: {command: '[ -z "$A" ]'}}})
    await platform.heroku.settled('acme')
    const before = platform.heroku.world('acme')
    expect((await cli(['config:set', 'A=1'])).code).toBe(0)
    await platform.heroku.settled('acme')
    expect(platform.heroku.world('acme').dynos).toEqual(before.dynos)
    expect((await cli(['releases'])).out).toMatch(/Set A config vars +release command failed/)
  })
})
