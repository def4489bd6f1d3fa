import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {beforeEach, describe, expect, test} from 'vitest'

import {needs} from '../real/needs.js'
import type {Scene} from './scenes.js'
import {longCommand} from './scenes.js'
import {openTerminal} from './tmux.js'

const here = path.dirname(fileURLToPath(import.meta.url))
// With a clock that moves with the script only: the same screens each time.
const play = (scene: Scene) =>
  `cd ${path.join(here, '../..')} && "${process.execPath}" --import tsx ${path.join(here, 'play.ts')} ${scene} 0.1`
const large = {columns: 80, rows: 24}
const small = {columns: 60, rows: 20}
const building = '3.5s in all'

describe('in a real terminal', () => {
  beforeEach((ctx) => needs(ctx, 'tmux'))

  test.each([large, small])('a build at $columns columns', async (size) => {
    await using terminal = await openTerminal(size, play('hang'))
    expect(await terminal.shows(building)).toMatchSnapshot()
    expect(await terminal.cursorIsVisible()).toBe(false)
  })

  test.each([large, small])(
    'a whole run leaves its story, and commands to paste, at $columns columns',
    async (size) => {
      await using terminal = await openTerminal(size, play('crash'))
      await terminal.shows('exit code 0')
      const story = await terminal.story()
      expect(story).toMatchSnapshot()
      expect(story.split('\n')).toContain(`    ${longCommand}`)
      expect(await terminal.cursorIsVisible()).toBe(true)
    },
  )

  test('a resize leaves no debris', async () => {
    // Below some lines: what tmux itself moves into the scrollback when lines wrap, nobody can take back.
    const command = `seq 1 6; ${play('hang')}`
    await using terminal = await openTerminal({columns: 100, rows: 24}, command)
    await terminal.shows(building)
    await terminal.resize(small)
    await terminal.shows('web     ━━━━━━━───  5/7')
    await using fresh = await openTerminal(small, command)
    await fresh.shows(building)
    expect(await terminal.story()).toBe(await fresh.story())

    await terminal.resize(large)
    await terminal.shows('web     ━━━━━━━━━━━━━━──────  5/7')
    expect((await terminal.story()).match(/Build 2 images/g)).toHaveLength(1)
  })

  test('characters of any width leave no debris', async () => {
    await using terminal = await openTerminal(small, play('wide'))
    await terminal.shows('exit code 0')
    expect(await terminal.story()).toMatchInlineSnapshot(`
      "Running pipeline:ship on ⬢ example-app
      ✓ Build 2 images: web, worker (5.2s)
      the answer
      exit code 0"
    `)
  })

  test('Ctrl-C reaches the handler, and the cursor is back', async () => {
    await using terminal = await openTerminal(large, play('hang'))
    await terminal.shows(building)
    await terminal.press('C-c')
    expect(await terminal.shows('exit code')).toMatchInlineSnapshot(`
      "Running pipeline:ship on ⬢ example-app

      Received SIGINT: undoing what was changed
      · Build 2 images: not finished (2.9s)
      the handler ran
      exit code 130"
    `)
    expect(await terminal.cursorIsVisible()).toBe(true)
  })

  test('a process that leaves at once has said what is left', async () => {
    await using terminal = await openTerminal(large, play('leave'))
    expect(await terminal.shows('exit code')).toMatchInlineSnapshot(`
      "Running pipeline:ship on ⬢ example-app

      Left before everything was undone.

      What is left:
        worker is scaled to 0.
          heroku ps:scale worker=2 --app example-app
      exit code 4"
    `)
    expect(await terminal.cursorIsVisible()).toBe(true)
  })

  test('an exception nobody catches is read below the story, and the cursor is back', async () => {
    await using terminal = await openTerminal(large, play('throw'))
    const screen = await terminal.shows('exit code 1')
    expect(screen).toMatch(
      /^Running pipeline:ship on ⬢ example-app\n· Build 2 images: not finished \(1\.\ds\)\n[^]*Error: nobody catches this\n/,
    )
    expect(screen.match(/Build 2 images/g)).toHaveLength(1)
    expect(await terminal.cursorIsVisible()).toBe(true)
  })

  test('on a pty of 0 columns the lines are plain', async () => {
    await using terminal = await openTerminal(large, `stty cols 0; ${play('ship')}`)
    await terminal.shows('exit code 0')
    expect((await terminal.story()).split('\n')).toEqual(
      expect.arrayContaining(['Build 2 images…', '  web | found 0 vulnerabilities']),
    )
  })
})
