import {afterEach, beforeEach, expect, it, vi} from 'vitest'

import {PlatformError} from '../../src/lib/heroku/errors.js'
import type {Platform} from '../../src/lib/heroku/types.js'
import {systemClock} from '../../src/lib/run/clock.js'
import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {platformAt, TOKEN} from './heroku-client.js'

// What a maintenance window asks of the platform, against the local Heroku.
let local: LocalHeroku
let platform: Platform
const app = 'example-app'

beforeEach(async () => {
  local = await startPlatform({speed: 20, apiKey: TOKEN, exampleApp: true})
  platform = platformAt(local.url, {clock: systemClock})
  await local.settled(app)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await local.stop()
})

it('maintenance, features and quantities are as they were set', async () => {
  await platform.setMaintenance(app, true)
  await platform.setFeature(app, 'preboot', true)
  await platform.scale(app, {worker: 0})
  expect((await platform.app(app)).maintenance).toBe(true)
  expect(await platform.preboot(app)).toBe(true)
  expect(await platform.formation(app)).toEqual(
    expect.arrayContaining([expect.objectContaining({type: 'worker', quantity: 0})]),
  )
  expect((await local.settled(app)).dynos).not.toHaveProperty(['worker.1'])
})

it('restarting one type replaces its dynos and no others', async () => {
  const ids = async (type: string) => (await platform.dynos(app)).filter((one) => one.type === type).map(({id}) => id)
  const [web, workers] = [await ids('web'), await ids('worker')]
  await platform.restartType(app, 'web')
  await expect.poll(() => ids('web')).not.toEqual(web)
  expect(await ids('worker')).toEqual(workers)
})

it('a one-off dyno is made, seen with its command, stopped, and then gone', async () => {
  const {attachUrl, name} = await platform.createDyno(app, {
    command: 'sleep 60 # mine',
    attach: false,
    timeToLiveS: 600,
    type: 'run',
  })
  expect(attachUrl).toBe(null)
  expect(await platform.dyno(app, name)).toMatchObject({name, type: 'run', command: 'sleep 60 # mine'})
  await platform.stopDyno(app, name)
  await expect.poll(() => platform.dyno(app, name), {timeout: 10_000}).toBe(undefined)
  await expect(platform.stopDyno(app, 'web.9')).rejects.toBeInstanceOf(PlatformError)
})

it('add-ons and attachments are named with their plan, their billing app and their config vars, and without values', async () => {
  const attachments = await platform.attachments(app)
  const database = attachments.find(({addon}) => addon.plan.startsWith('heroku-postgresql'))!
  expect(database).toMatchObject({app, addon: {app, plan: 'heroku-postgresql:essential-0'}})
  expect(database.configVars).toContain('DATABASE_URL')
  expect(await platform.attachmentsOf(database.addon.id)).toEqual([database])
  expect((await platform.addons(app)).map(({service}) => service).sort()).toEqual(['heroku-postgresql', 'heroku-redis'])
  expect(JSON.stringify(attachments)).not.toContain((await platform.configVars(app)).DATABASE_URL)
})
