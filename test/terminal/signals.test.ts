import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {beforeEach, describe, test, vi} from 'vitest'

import {settled} from '../failures/setup.js'
import {needs} from '../real/needs.js'
import {large, SHIP, SHIP_MIGRATION, sitDown, small} from './desk.js'
import {evened} from './story.js'

const releases = /\/apps\/[^/]+\/releases$/

describe.concurrent('Ctrl-C and its like', {timeout: 90_000}, () => {
  beforeEach((context) => needs(context, 'tmux', 'heroku-cli'))

  for (const telemetry of [false, true]) {
    test(`while the dynos come up: undone, telemetry ${telemetry ? 'on' : 'off'}`, async ({expect}) => {
      await using desk = await sitDown(large, {telemetry})
      const {heroku, shell} = desk
      const before = structuredClone(heroku.world('example-app'))
      await shell.types(`${SHIP} --stable-for 60s`)
      await shell.shows('stable for')
      await shell.press('C-c')
      expect(await shell.exitCode()).toBe(130)
      expect(await shell.cursorIsVisible()).toBe(true)
      expect(evened(await shell.story())).toMatchInlineSnapshot(`
        "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar --stable-for 60s
        Checking example-app... done
        Running pipeline:ship on ⬢ example-app
        ✓ Push web and worker to localhost:5055/example-app (0.0s)
        ✓ Release web and worker to example-app: v4 (0.0s)

        Received SIGINT: Undoing what was done. Press again to leave at once.
        ✗ Wait for the dynos to come up: interrupted by SIGINT (0.0s)
        ↩ Undone: example-app runs v3 again as v5 (0.0s)

        Interrupted; example-app runs v3 again as v5.
        $ echo "code=$?"
        code=130
        $"
      `)
      await settled(heroku)
      expect(heroku.world('example-app')).toEqual({...before, releases: before.releases + 2})

      // That the CLI really had its own listeners: it tells Heroku of the command by a process that outlives it.
      await shell.types('cat $REFUSED')
      if (telemetry) await shell.shows(/^backboard\.heroku\.com$/m)
    })

    test(`during the release phase: held, telemetry ${telemetry ? 'on' : 'off'}`, async ({expect}) => {
      await using desk = await sitDown(small, {telemetry})
      const {heroku, shell} = desk
      await shell.types(SHIP_MIGRATION)
      await shell.shows('migrating')
      await shell.press('C-c')
      expect(await shell.exitCode()).toBe(4)
      expect(await shell.cursorIsVisible()).toBe(true)
      expect(evened(await shell.story())).toMatchInlineSnapshot(`
        "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar --archive release=release.tar
        Checking example-app... done
        Running pipeline:ship on ⬢ example-app
        ✓ Push web, worker and release to localhost:5055/example-app (0.0s)

        Received SIGINT: Stopping here: there is no blind way back.
        ✗ Release web, worker and release to example-app and run the release phase: interrupted while v4 is pending (0.0s)

        Stopped: interrupted by SIGINT
        Nothing is undone once a release phase has begun.
        To go on from here, or back: heroku pipeline:recover --app example-app

        What is left:
          v4 is pending and may still become current by itself; follow it.
            heroku releases:output v4 --app example-app
          Before, example-app ran v3; once v4 has ended, this goes back.
            heroku releases:rollback v3 --app example-app
        $ echo "code=$?"
        code=4
        $"
      `)
      expect(heroku.world('example-app').pendingReleases).toBe(1)
    })
  }

  test('twice: it leaves at once and says what is left', async ({expect}) => {
    await using desk = await sitDown(large)
    const {heroku, shell} = desk
    const rollback = heroku.fault({method: 'POST', path: releases, moment: 'hang'})
    await shell.types(`${SHIP} --stable-for 60s`)
    await shell.shows('stable for')
    await shell.press('C-c')
    await vi.waitUntil(() => rollback.hits === 1, {timeout: 20_000})
    // Quicker than a person, it would count as the same.
    await sleep(400)
    await shell.press('C-c')
    expect(await shell.exitCode()).toBe(4)
    expect(await shell.cursorIsVisible()).toBe(true)
    expect(evened(await shell.story())).toMatchInlineSnapshot(`
      "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar --stable-for 60s
      Checking example-app... done
      Running pipeline:ship on ⬢ example-app
      ✓ Push web and worker to localhost:5055/example-app (0.0s)
      ✓ Release web and worker to example-app: v4 (0.0s)

      Received SIGINT: Undoing what was done. Press again to leave at once.
      ✗ Wait for the dynos to come up: interrupted by SIGINT (0.0s)
      · Undoing: Release web and worker to example-app: not finished (0.0s)

      Left at once.

      What is left:
        example-app runs v4; before, it ran v3.
          heroku releases:rollback v3 --app example-app
      $ echo "code=$?"
      code=4
      $"
    `)
  })

  test('once, below a parent that passes it on: it comes twice and counts once', async ({expect}) => {
    await using desk = await sitDown(large)
    const {folder, heroku, shell} = desk
    const before = structuredClone(heroku.world('example-app'))
    // As cross-env does; the terminal tells the child as well.
    const parent = `
      const child = require('node:child_process').spawn(process.argv[2], process.argv.slice(3), {stdio: 'inherit'})
      process.on('SIGINT', () => child.kill('SIGINT'))
      child.on('exit', (code) => process.exit(code))`
    await writeFile(path.join(folder, 'parent.cjs'), parent)
    await shell.types(`node parent.cjs ${SHIP} --stable-for 60s`)
    await shell.shows('stable for')
    await shell.press('C-c')
    expect(await shell.exitCode()).toBe(130)
    await settled(heroku)
    expect(heroku.world('example-app')).toEqual({...before, releases: before.releases + 2})
  })

  test('while it reads the app: nothing has begun', async ({expect}) => {
    await using desk = await sitDown(large)
    const {heroku, shell} = desk
    const read = heroku.fault({method: 'GET', path: /\/apps\/example-app$/, moment: 'hang', times: 99})
    await shell.types(SHIP)
    await vi.waitUntil(() => read.hits === 1, {timeout: 20_000})
    await shell.press('C-c')
    expect(await shell.exitCode()).toBe(130)
    expect(await shell.cursorIsVisible()).toBe(true)
    expect(evened(await shell.story())).toMatchInlineSnapshot(`
      "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar
      Checking example-app... !
      Interrupted; nothing was touched.
      $ echo "code=$?"
      code=130
      $"
    `)
  })

  test('the terminal is closed: undone', async ({expect}) => {
    await using desk = await sitDown(large)
    const {folder, heroku, shell} = desk
    const before = structuredClone(heroku.world('example-app'))
    await shell.types(`(trap : HUP; ${SHIP} --stable-for 60s; echo $? > code)`)
    await shell.shows('stable for')
    await shell[Symbol.asyncDispose]()
    const code = () => readFile(path.join(folder, 'code'), 'utf8').catch(() => '')
    await vi.waitUntil(code, {timeout: 20_000, interval: 100})
    expect(await code()).toBe('129\n')
    await settled(heroku)
    expect(heroku.world('example-app')).toEqual({...before, releases: before.releases + 2})
  })
})
