import {describe, expect, it} from 'vitest'
import {idle, plain, sdk, until, usePlatform, webSaying, type Loose} from './fixture.js'

const platform = usePlatform()
const {ask} = platform

/** v3 "one", v4 A=1, v5 "two", v6 A=2. */
async function history() {
  const {heroku} = platform
  const app = await heroku.createApp('acme')
  await heroku.seedRelease('acme', {images: {web: webSaying('one')}})
  await ask('PATCH', '/apps/acme/config-vars', {A: '1'})
  await heroku.seedRelease('acme', {images: {web: webSaying('two')}})
  await ask('PATCH', '/apps/acme/config-vars', {A: '2', B: 'x'})
  return app
}

const releaseV = async (version: number, Accept = plain) =>
  (await ask('GET', `/apps/acme/releases/${version}`, undefined, {Accept})).body
const rollBackTo = async (version: number) =>
  ask('POST', '/apps/acme/releases', {release: (await releaseV(version)).id}, {Accept: sdk})

describe('rollback (platform-facts §1.10)', () => {
  it('is a new release with the images and config vars of the old one', async () => {
    await history()
    const back = await rollBackTo(4)
    expect(back).toMatchObject({
      status: 201,
      body: {
        version: 7,
        description: 'Rollback to v4',
        current: true,
        status: 'succeeded',
        eligible_for_rollback: true,
      },
    })
    expect((await ask('GET', '/apps/acme/config-vars')).body).toEqual({A: '1'})
    expect((await ask('GET', '/apps/acme/releases/7/config-vars')).body).toEqual({A: '1'})
    const {web_url: url} = (await ask('GET', '/apps/acme')).body
    await until(async () => expect(await (await fetch(url)).text()).toBe('one'))
  })

  it('shows an expired release in 3.sdk only, and refuses to go back to it', async () => {
    await history()
    platform.heroku.knobs('acme').releasesExpired = true
    expect((await releaseV(4)).status).toBe('succeeded')
    expect(await releaseV(4, sdk)).toMatchObject({status: 'expired', eligible_for_rollback: false})
    expect(await releaseV(6, sdk)).toMatchObject({status: 'succeeded', eligible_for_rollback: true})
    expect(await rollBackTo(4)).toMatchObject({status: 422, body: {id: 'invalid_params'}})
    expect((await ask('GET', '/apps/acme/releases')).body).toHaveLength(6)
  })

  it('expires what is older than 30 days and not among the 20 newest', async () => {
    const app = await history()
    const old = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000).toISOString()
    for (const release of app.releases) release.createdAt = old
    for (let n = 0; n < 17; n += 1) await ask('PATCH', '/apps/acme/config-vars', {A: `again ${n}`})
    const {body} = await ask('GET', '/apps/acme/releases', undefined, {Accept: sdk})
    const expired = body
      .filter((release: Loose) => release.status === 'expired')
      .map((release: Loose) => release.version)
    expect(expired).toEqual([1, 2, 3])
  })

  it('refuses what failed, what has nothing to run, what had other add-ons, and what does not exist', async () => {
    const app = await history()
    expect((await rollBackTo(2)).body.message).toMatch('nothing to run')
    const failed = app.releases.find(({version}) => version === 4)
    if (failed) failed.status = 'failed'
    expect((await rollBackTo(4)).body.message).toMatch('did not succeed')
    await ask('POST', '/apps/acme/addons', {plan: 'heroku-redis:mini'})
    expect((await rollBackTo(3)).body.message).toMatch('add-ons')
    expect(await ask('POST', '/apps/acme/releases', {release: '01234567-89ab-cdef-0123-456789abcdef'})).toMatchObject({
      status: 404,
      body: {message: "Couldn't find that release."},
    })
  })
})

describe('releases (platform-facts §12)', () => {
  it('come from deploys, config changes and add-ons; not from scaling, maintenance or features', async () => {
    await platform.heroku.createApp('acme')
    await platform.heroku.seedRelease('acme', {images: {web: idle}})
    await ask('PATCH', '/apps/acme/config-vars', {A: '1'})
    await ask('PATCH', '/apps/acme/config-vars', {A: '1'})
    await ask('PATCH', '/apps/acme/config-vars', {A: null})
    const addon = await ask('POST', '/apps/acme/addons', {plan: 'heroku-postgresql:essential-0'})
    await ask('PATCH', '/apps/acme/formation', {updates: [{type: 'web', quantity: 2}]})
    await ask('PATCH', '/apps/acme', {maintenance: true})
    await ask('PATCH', '/apps/acme/features/preboot', {enabled: true})
    const {body} = await ask('GET', '/apps/acme/releases')
    expect(body.map((release: Loose) => [release.version, release.description])).toEqual([
      [1, 'Initial release'],
      [2, 'Enable Logplex'],
      [3, expect.stringMatching(/^Deployed web \([\da-f]{12}\)$/)],
      [4, 'Set A config vars'],
      [5, 'Remove A config vars'],
      [6, `Attach DATABASE (@ref:${addon.body.name})`],
    ])
    expect(body[5].addon_plan_names).toEqual(['heroku-postgresql:essential-0'])
    expect(body[2].slug).toBeNull()
  })
})
