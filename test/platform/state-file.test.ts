import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {until, type Loose} from './fixture.js'
import {startPlatform} from './index.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'state-file-'))
})
afterEach(() => rm(folder, {recursive: true, force: true}))

const upDynos = ['web.1 up', 'worker.1 up', 'worker.2 up']

describe('the state file', () => {
  it('brings back everything: apps, images, releases, add-ons, running dynos, the token', async () => {
    const stateFile = path.join(folder, 'deep', 'state.json')
    const first = await startPlatform({stateFile, exampleApp: true, speed: 20})
    const states = (heroku: typeof first) =>
      heroku.world('example-app').dynos.map(({name, state}) => `${name} ${state}`)
    await until(() => expect(states(first)).toEqual(upDynos))
    const before = first.world('example-app')
    await first.stop()

    const second = await startPlatform({stateFile, exampleApp: true, speed: 20})
    try {
      await until(() => expect(states(second)).toEqual(upDynos))
      expect(second.world('example-app')).toEqual(before)
      expect(second.apiKey).toBe(first.apiKey)
    } finally {
      await second.stop()
    }
  })

  it('is written by `npm run platform`, which prints the exports and ends its dynos on a signal', async () => {
    const stateFile = path.join(folder, 'state.json')
    const script = new URL('../../scripts/platform.mjs', import.meta.url).pathname
    const child = spawn(process.execPath, [script, '--port', '0', '--state', stateFile, '--speed', '20'], {
      stdio: 'pipe',
    })
    let out = ''
    child.stdout.on('data', (data) => (out += String(data)))
    const exited = once(child, 'exit')
    try {
      await until(() => expect(out).toMatch(/PARTICLEBOARD_HEADERS=.*\n/), 30_000)
      const exports = Object.fromEntries(
        [...out.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name, value]) => [name, value]),
      )
      const headers = {
        Accept: 'application/vnd.heroku+json; version=3',
        Authorization: `Bearer ${exports.HEROKU_API_KEY}`,
      }
      const dynos = async () => (await fetch(`${exports.HEROKU_HOST}/apps/example-app/dynos`, {headers})).json()
      await until(async () =>
        expect(((await dynos()) as Loose[]).map(({name, state}) => `${name} ${state}`)).toEqual(upDynos),
      )
    } finally {
      child.kill('SIGTERM')
    }

    expect(await exited).toEqual([0, null])
    const state = JSON.parse(await readFile(stateFile, 'utf8'))
    expect(state.apps.map((app: {name: string}) => app.name)).toEqual(['example-app'])
  })
})
