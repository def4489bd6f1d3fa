import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {beforeEach, describe, test, vi} from 'vitest'

import {needs} from '../real/needs.js'
import {APP, openRig, type Rig} from '../recover/rig.js'
import {openShell} from '../terminal/shell.js'
import {argvOf, startIn} from './start.js'

const RECOVER = ['pipeline:recover', '--app', APP, '--confirm', APP]
const FORMATION = new RegExp(`/apps/${APP}/formation$`)
/** The lines of `begin backup` and `begin migrate`. */
const IN_THE_WINDOW = 9
const MIGRATING = 11

beforeEach((context) => needs(context, 'tmux', 'heroku-cli'))

async function killed(rig: Rig, line: number): Promise<void> {
  await rig.killAt(await rig.migrate(), line)
}

describe.concurrent('pipeline:recover', {timeout: 120_000}, () => {
  test('asks on a terminal: Ctrl-C and any other word change nothing, the name of the app does', async ({expect}) => {
    await using rig = await openRig()
    await killed(rig, IN_THE_WINDOW)
    // The backup goes on by itself.
    const {backups: _, ...left} = await rig.world()
    const {env} = rig.setup.heroku
    await using shell = await openShell({columns: 90, rows: 40}, {cwd: rig.setup.folder, env, home: rig.home})
    for (const [answer, code, says] of [
      ['C-c', 130, /^Interrupted; nothing was touched\.$/m],
      ['no', 3, /nothing was touched:\n.*did not match example-app/],
      [APP, 0, /^example-app is put right: it is as it was before\.$/m],
    ] as const) {
      await shell.types(`clear; heroku pipeline:recover --app ${APP}`)
      await shell.shows(/^\? To proceed, type example-app/m)
      if (answer === 'C-c') await shell.press(answer)
      else await shell.types(answer)
      expect(await shell.exitCode(), await shell.story()).toBe(code)
      expect(await shell.screen()).toMatch(says)
      expect(await shell.cursorIsVisible()).toBe(true)
      if (code !== 0) expect(await rig.world()).toMatchObject(left)
    }

    expect(await rig.differs()).toEqual([])
  })

  test('told to end while it follows a migration: that goes on, and so does the next recover', async ({expect}) => {
    await using rig = await openRig({migrate: 'while [ ! -e "$RAN/go" ]; do sleep 0.05; done'})
    const process = await rig.migrate()
    await process.says(/run\.\d+/)
    await rig.killAt(process, MIGRATING)
    await using running = await startIn({place: 'pipe', telemetry: 'on', whom: 'group'}, RECOVER, rig)
    await vi.waitUntil(async () => (await running.said()).includes('Follow the migration to its end…'), 60_000)
    await running.signal('SIGTERM')
    const {code, said} = await running.end()
    expect(code, said).toBe(4)
    expect(said).toMatch(/Nothing is undone once a migration has begun[^]*heroku logs --dyno run\.\d+/)
    expect((await rig.world()).dynos.some(({name}) => name.startsWith('run.'))).toBe(true)
    await writeFile(path.join(rig.setup.folder, 'ran', 'go'), '')
    const next = await rig.recover()
    expect(next.code, next.stderr).toBe(0)
    expect(await rig.differs()).toEqual([])
    expect((await rig.world()).ran.migrate).toBe(1)
  })

  test('told to end while Heroku does not take what it puts back: it says what is left, and the next one does it', async ({
    expect,
  }) => {
    await using rig = await openRig()
    await killed(rig, IN_THE_WINDOW)
    const {heroku} = rig.setup
    const fault = heroku.fault({method: 'PATCH', path: FORMATION, moment: 'before', times: 999})
    await using running = await startIn({place: 'pty', telemetry: 'off', whom: 'group'}, RECOVER, rig)
    await vi.waitUntil(() => fault.hits > 0, 60_000)
    await running.signal('SIGINT')
    const {code, said} = await running.end()
    expect(code, said).toBe(4)
    expect(said).toMatch(/What is left:[^]*heroku ps:scale worker=2 --app example-app/)
    heroku.clearFaults()
    const next = await rig.recover()
    expect(next.code, next.stderr).toBe(0)
    expect(await rig.differs()).toEqual([])
  })
})

test('a second signal: a window leaves at once, and says all that is left', {timeout: 120_000}, async ({expect}) => {
  await using rig = await openRig()
  const {heroku} = rig.setup
  heroku.knobs(APP).transferStaysPending = true
  const how = {place: 'pipe', telemetry: 'on', whom: 'group'} as const
  await using running = await startIn(how, await argvOf({command: 'maintenance-migrate', moment: 'backup'}, rig), rig)
  await vi.waitUntil(async () => Object.keys((await rig.world()).backups).length > 0, 60_000)
  const undoing = heroku.fault({method: 'PATCH', path: FORMATION, moment: 'hang', times: 9})
  await running.signal('SIGINT')
  await vi.waitUntil(() => undoing.hits > 0, 60_000)
  // Quicker than a person, it would count as the same.
  await sleep(400)
  await running.signal('SIGTERM')
  const {code, said} = await running.end()
  expect(code, said).toBe(4)
  expect(said).toMatch(/\nLeft at once\.\n/)
  for (const command of ['ps:scale worker=2', 'maintenance:off', 'features:enable preboot'])
    expect(said).toMatch(new RegExp(`\\nWhat is left:\\n[^]*heroku ${command} --app example-app`))
  heroku.clearFaults()
  const {code: recovered, stderr} = await rig.recover()
  expect(recovered, stderr).toBe(0)
  expect(await rig.differs()).toEqual([])
})
