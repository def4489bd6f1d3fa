import {describe, expect, it} from 'vitest'
import {idle, sdk, until, usePlatform, webSaying, type Loose} from './fixture.js'

const platform = usePlatform()
const {ask} = platform

async function run(images: Record<string, {command: string}>, formation: Record<string, number> = {}) {
  await platform.heroku.createApp('acme')
  return platform.heroku.seedRelease('acme', {images, formation})
}

const states = () => platform.heroku.world('acme').dynos.map(({name, state}) => `${name} ${state}`)
const logOf = (dyno: string) =>
  platform.heroku
    .log('acme')
    .filter((line) => line.includes(`[${dyno}]: `))
    .map((line) => line.split(`[${dyno}]: `)[1] ?? '')

describe('dynos (platform-facts §3.5)', () => {
  it('takes a dyno off the list at once, while its process drains', async () => {
    await run(
      {web: idle, worker: {command: "trap 'sleep 0.3; echo drained; exit 0' TERM; while :; do sleep 0.05; done"}},
      {worker: 1},
    )
    await until(() => expect(states()).toContain('worker.1 up'))
    await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'worker', quantity: 0}]})
    expect((await ask('GET', '/apps/acme/dynos')).body.map((dyno: Loose) => dyno.type)).toEqual(['web'])
    expect(logOf('worker.1').join('\n')).not.toMatch('Process exited')
    await until(() =>
      expect(logOf('worker.1').join('\n')).toMatch(
        /State changed from up to down\nStopping all processes with SIGTERM\n[^]*drained\nProcess exited with status \d+$/,
      ),
    )
  })

  it('kills what ignores SIGTERM: R12, SIGKILL, 137', async () => {
    await run({web: webSaying('hi'), worker: {command: "trap '' TERM; while :; do sleep 0.05; done"}}, {worker: 1})
    await until(() => expect(states()).toContain('worker.1 up'))
    await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'worker', quantity: 0}]})
    await until(() =>
      expect(logOf('worker.1').slice(-4)).toEqual([
        'Stopping all processes with SIGTERM',
        'Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM',
        'Stopping remaining processes with SIGKILL',
        'Process exited with status 137',
      ]),
    )
  })

  it('starts a crashed dyno again once, at once, and then lets it cool off', async () => {
    await run({web: idle, worker: {command: 'exit 7'}}, {worker: 1})
    const life = [
      'State changed from starting to up',
      'Process exited with status 7',
      'State changed from up to crashed',
    ]
    await until(() => {
      const changes = logOf('worker.1').filter((line) => /^(State|Process exited)/.test(line))
      expect(changes).toEqual([...life, 'State changed from crashed to starting', ...life])
    })
    expect(states()).toContain('worker.1 crashed')
  })

  it('calls a web dyno up when it has bound its port, and kills it with R10 when it never does', async () => {
    await run({web: {command: 'exec sleep 60'}})
    expect(states()).toEqual(['web.1 starting'])
    await until(() => expect(logOf('web.1').join('\n')).toMatch(/Error R10 \(Boot timeout\)[^]*starting to crashed/))
  })

  it('restarts all, a type, or one; a one-off dyno is left alone', async () => {
    await run({web: webSaying('hi'), worker: idle}, {worker: 2})
    await until(() => expect(states()).toEqual(['web.1 up', 'worker.1 up', 'worker.2 up']))
    await ask('POST', '/apps/acme/dynos', {command: 'sleep 60', attach: false})
    const ids = async () => {
      const dynos: Array<{name: string; id: string}> = (await ask('GET', '/apps/acme/dynos')).body
      return Object.fromEntries(dynos.map(({name, id}) => [name.replace(/\d{4}/, 'N'), id]))
    }
    const changed = async (method: string, path: string) => {
      const before = await ids()
      expect(await ask(method, path, undefined, {Accept: sdk})).toMatchObject({status: 202, body: {}})
      const after = await ids()
      return Object.keys(after).filter((name) => before[name] !== after[name])
    }
    expect(await changed('DELETE', '/apps/acme/dynos/worker.1')).toEqual(['worker.1'])
    expect(await changed('DELETE', '/apps/acme/formations/worker')).toEqual(['worker.1', 'worker.2'])
    expect(await changed('DELETE', '/apps/acme/dynos')).toEqual(['web.1', 'worker.1', 'worker.2'])
    expect(await changed('POST', '/apps/acme/dynos/web.1/actions/stop')).toEqual(['web.1'])
  })

  it('cycles every dyno that is up, once a day, with lines of its own', async () => {
    await run({web: webSaying('hi'), worker: idle, clock: {command: 'exit 1'}}, {worker: 1, clock: 1})
    await until(() => expect(states()).toEqual(['clock.1 crashed', 'web.1 up', 'worker.1 up']))
    const begun = logOf('worker.1').length
    const crashed = logOf('clock.1')
    platform.heroku.cycle('acme')
    await until(() =>
      expect(logOf('worker.1').slice(begun).toSorted()).toEqual([
        'Cycling',
        'Process exited with status 143',
        expect.stringMatching(/^Starting process with command /),
        'State changed from starting to up',
        'State changed from up to starting',
        'Stopping all processes with SIGTERM',
      ]),
    )
    expect(logOf('worker.1').slice(begun, begun + 2)).toEqual(['Cycling', 'State changed from up to starting'])
    await until(() => expect(states()).toContain('web.1 up'))
    expect(logOf('clock.1')).toEqual(crashed)
  })

  it('cycleMs: cycles each dyno that long after its start, without a release', async () => {
    await platform.heroku.createApp('acme')
    platform.heroku.knobs('acme').cycleMs = 400
    await platform.heroku.seedRelease('acme', {images: {worker: idle}, formation: {worker: 1}})
    await until(() => expect(logOf('worker.1').filter((line) => line === 'Cycling').length).toBeGreaterThan(1))
    expect(platform.heroku.world('acme').releases).toBe(3)
  })

  it('tells the list late when the knob says so', async () => {
    await run({web: idle, worker: idle}, {worker: 1})
    await until(() => expect(states()).toContain('worker.1 up'))
    platform.heroku.knobs('acme').dynoListLagMs = 60_000
    await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'worker', quantity: 0}]})
    expect((await ask('GET', '/apps/acme/dynos')).body.map((dyno: Loose) => dyno.name)).toContain('worker.1')
  })

  it('crashes the new code as it boots when the knob says so', async () => {
    await run({web: webSaying('one')})
    await until(() => expect(states()).toEqual(['web.1 up']))
    platform.heroku.knobs('acme').crashOnBoot = {types: ['web']}
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    await until(() =>
      expect(logOf('web.1').filter((line) => line === 'State changed from starting to crashed')).toHaveLength(2),
    )
  })
})

describe('one-off dynos (platform-facts §5)', () => {
  it('runs detached on the current release, with its env over the config vars, and ends as complete', async () => {
    await run({web: webSaying('hi')})
    await ask('PATCH', '/apps/acme/config-vars', {A: 'app', B: 'app'})
    const made = await ask('POST', '/apps/acme/dynos', {command: 'echo $A $B; exit 4', attach: false, env: {A: 'run'}})
    expect(made).toMatchObject({status: 201, body: {type: 'run', attach_url: null, release: {version: 4}}})
    const {name} = made.body
    expect(name).toMatch(/^run\.\d{4}$/)
    await until(() =>
      expect(logOf(name).slice(1)).toEqual([
        'State changed from starting to up',
        'run app',
        'Process exited with status 4',
        'State changed from up to complete',
      ]),
    )
    expect((await ask('GET', `/apps/acme/dynos/${name}`)).status).toBe(404)
  })

  it('takes the image of its type and expands a first word that is a process type', async () => {
    const files = {kind: 'worker image\n'}
    await run({web: idle, worker: {command: 'cat kind', files} as {command: string}})
    const {body} = await ask('POST', '/apps/acme/dynos', {command: 'worker', type: 'worker', attach: false})
    expect(body.name).toMatch(/^worker\.\d{4}$/)
    await until(() => expect(logOf(body.name)).toContain('worker image'))
  })

  it('is stopped by hand and by time_to_live', async () => {
    await run({web: idle})
    const stopped = (await ask('POST', '/apps/acme/dynos', {command: 'sleep 60', attach: false})).body.name
    await until(() => expect(logOf(stopped)).toContain('State changed from starting to up'))
    expect((await ask('POST', `/apps/acme/dynos/${stopped}/actions/stop`)).status).toBe(202)
    await until(() => expect(logOf(stopped)).toContain('Process exited with status 143'))
    const capped = (await ask('POST', '/apps/acme/dynos', {command: 'sleep 60', attach: false, time_to_live: 4})).body
      .name
    await until(() => expect(logOf(capped)).toContain('Process exited with status 143'))
  })

  it('answers 409 right after a release when the knob says so', async () => {
    await run({web: idle})
    platform.heroku.knobs('acme').dynoConflicts = 1
    const post = () => ask('POST', '/apps/acme/dynos', {command: 'true', attach: false})
    expect(await post()).toMatchObject({status: 409, body: {id: 'conflict'}})
    expect((await post()).status).toBe(201)
  })
})
