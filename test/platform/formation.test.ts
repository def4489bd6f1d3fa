import {describe, expect, it} from 'vitest'
import {dockerReleases, idle, plain, sdk, until, usePlatform, webSaying, type Loose} from './fixture.js'

const platform = usePlatform()
const {ask} = platform

/** An app that runs web and worker, and digests of two more images that were pushed. */
async function runningApp() {
  const {heroku} = platform
  await heroku.createApp('acme')
  const {images} = await heroku.seedRelease('acme', {
    images: {web: webSaying('one'), worker: idle},
    formation: {worker: 2},
  })
  await until(() => expect(states()).toEqual(['web.1 up', 'worker.1 up', 'worker.2 up']))
  return images
}

const states = () => platform.heroku.world('acme').dynos.map(({name, state}) => `${name} ${state}`)
const release = (updates: object[]) => ask('PATCH', '/apps/acme/formation', {updates}, {Accept: dockerReleases})
const current = async () =>
  (await ask('GET', '/apps/acme/releases')).body.find((one: {current: boolean}) => one.current)

describe('formation (platform-facts §1.6, §3.1, §9.1)', () => {
  it('shows docker_image in docker-releases only, dyno_size in 3.sdk only', async () => {
    const images = await runningApp()
    const [v3, v3sdk, docker] = await Promise.all(
      [plain, sdk, dockerReleases].map((Accept) => ask('GET', '/apps/acme/formation/web', undefined, {Accept})),
    )
    expect(v3?.body).toMatchObject({type: 'web', quantity: 1, size: 'Standard-1X'})
    expect(Object.keys(v3?.body)).not.toContain('docker_image')
    expect(Object.keys(v3?.body)).not.toContain('dyno_size')
    expect(v3sdk?.body.dyno_size.name).toBe('Standard-1X')
    expect(docker?.body.docker_image).toEqual({id: images.web})
  })

  it('gives web one dyno on its first release and other types none', async () => {
    await platform.heroku.createApp('acme')
    await platform.heroku.seedRelease('acme', {
      images: {web: webSaying('one'), worker: idle, release: {command: 'true'}},
    })
    const quantities = () =>
      Object.entries(platform.heroku.world('acme').formation).map(([type, {quantity}]) => [type, quantity])
    await until(() =>
      expect(quantities()).toEqual([
        ['release', 0],
        ['web', 1],
        ['worker', 0],
      ]),
    )
  })

  it('releases all images of one PATCH as one release, and restarts every type', async () => {
    const before = await runningApp()
    const dynos = (await ask('GET', '/apps/acme/dynos')).body
    await platform.heroku.seedRelease('acme', {images: {web: webSaying('two')}})
    const two = await current()
    expect(two.version).toBe(4)

    const back = await release([{type: 'web', docker_image: before.web}])
    expect(back.status).toBe(200)
    expect(back.body[0].docker_image.id).toBe(before.web)
    expect(await current()).toMatchObject({
      version: 5,
      status: 'succeeded',
      description: `Deployed web (${before.web?.slice(7, 19)})`,
    })
    await until(async () => {
      const now = (await ask('GET', '/apps/acme/dynos')).body
      expect(now.map((dyno: Loose) => `${dyno.name} ${dyno.state} v${dyno.release.version}`)).toEqual([
        'web.1 up v5',
        'worker.1 up v5',
        'worker.2 up v5',
      ])
      expect(now.map((dyno: Loose) => dyno.id)).not.toEqual(dynos.map((dyno: Loose) => dyno.id))
    })
  })

  it('answers the same image with 200, a warning and no release', async () => {
    const images = await runningApp()
    const same = await release([{type: 'web', docker_image: images.web}])
    expect(same.status).toBe(200)
    expect(same.headers.get('x-heroku-warning')).toBe(
      'The process type web was not updated, because it is already running the specified docker image.',
    )
    expect((await current()).version).toBe(3)
  })

  it('answers an image nobody pushed with 404, and changes nothing of the same PATCH', async () => {
    await runningApp()
    const before = platform.heroku.world('acme')
    const unknown = await release([
      {type: 'worker', quantity: 5},
      {type: 'web', docker_image: `sha256:${'0'.repeat(64)}`},
    ])
    expect(unknown).toMatchObject({status: 404, body: {id: 'not_found', message: "Couldn't find that record."}})
    expect(platform.heroku.world('acme')).toEqual(before)
  })

  it('knows no docker_image in plain version 3', async () => {
    const images = await runningApp()
    const updates = (type: string) =>
      ask('PATCH', '/apps/acme/formation', {updates: [{type, docker_image: images.web}]})
    expect(await updates('web')).toMatchObject({status: 422})
    expect(await updates('clock')).toMatchObject({status: 404, body: {message: 'process_type (clock) not found'}})
  })

  it('removes a type with docker_image null', async () => {
    await runningApp()
    const gone = await ask('PATCH', '/apps/acme/formation/worker', {docker_image: null}, {Accept: dockerReleases})
    expect(gone.status).toBe(200)
    expect((await ask('GET', '/apps/acme/formation')).body.map((one: {type: string}) => one.type)).toEqual(['web'])
    await until(() => expect(states()).toEqual(['web.1 up']))
  })

  it('scales without a release and without touching other dynos, absolute and relative', async () => {
    await runningApp()
    const web = (await ask('GET', '/apps/acme/dynos/web.1')).body.id
    const scaled = await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'worker', quantity: '3'}]})
    expect(scaled.body.map((one: Loose) => `${one.type}=${one.quantity}`)).toEqual(['worker=3'])
    await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'worker', quantity: '-2'}]})
    await until(() => expect(states()).toEqual(['web.1 up', 'worker.1 up']))
    expect((await ask('GET', '/apps/acme/dynos/web.1')).body.id).toBe(web)
    expect((await current()).version).toBe(3)
  })

  it.each([
    [[{type: 'clock', quantity: 1}], 404, "Couldn't find that process type (clock)."],
    [[{type: 'web', size: '1X'}], 422, /^No such size as 1X\./],
    [[{type: 'worker', size: 'basic'}], 422, 'Cannot run more than 1 Basic size dynos.'],
  ])('refuses %j', async (updates, status, message) => {
    await runningApp()
    const refused = await ask('PATCH', '/apps/acme/formation', {updates})
    expect(refused.status).toBe(status)
    expect(refused.body.message).toMatch(message)
  })
})
