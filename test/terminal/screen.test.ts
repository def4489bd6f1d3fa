import {beforeEach, describe, test} from 'vitest'

import {needs} from '../real/needs.js'
import {large, SHIP, sitDown, small} from './desk.js'
import {evened} from './story.js'

describe.concurrent('heroku pipeline:ship in a terminal', {timeout: 90_000}, () => {
  beforeEach((context) => needs(context, 'tmux', 'heroku-cli'))

  test('a live screen at 80 columns, then the story and the answer once', async ({expect}) => {
    await using desk = await sitDown(large)
    const {shell} = desk
    await shell.types(`${SHIP} --stable-for 3s`)
    expect(evened(await shell.shows('stable for'))).toMatchInlineSnapshot(`
      "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=
      worker.tar --stable-for 3s
      Checking example-app... done
      Running pipeline:ship on ⬢ example-app
      ✓ Push web and worker to localhost:5055/example-app (0.0s)
      ✓ Release web and worker to example-app: v4 (0.0s)
      ⠿ Wait for the dynos to come up (0.0s)
        ⠿ ━━━━━━━━━━━━━━━━━━━━  2/2  dynos up, stable for 0 of 3 s
        │ …
      0.0s in all"
    `)
    expect(await shell.cursorIsVisible()).toBe(false)

    await shell.shows(/^Shipped/m)
    expect(await shell.exitCode()).toBe(0)
    expect(evened(await shell.story())).toMatchInlineSnapshot(`
      "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar --stable-for 3s
      Checking example-app... done
      Running pipeline:ship on ⬢ example-app
      ✓ Push web and worker to localhost:5055/example-app (0.0s)
      ✓ Release web and worker to example-app: v4 (0.0s)
      ✓ Wait for the dynos to come up: 2 dynos up (0.0s)
      Shipped web (0123456789ab) and worker (0123456789ab): example-app runs v4.
      $ echo "code=$?"
      code=0
      $"
    `)
    expect(await shell.cursorIsVisible()).toBe(true)
  })

  test('the same at 60 columns, where lines that are cut stay whole in the story', async ({expect}) => {
    await using desk = await sitDown(small)
    const {shell} = desk
    await shell.types(`${SHIP} --stable-for 3s`)
    expect(evened(await shell.shows('stable for'))).toMatchInlineSnapshot(`
      "$ heroku pipeline:ship --app example-app --archive web=web.t
      ar --archive worker=worker.tar --stable-for 3s
      Checking example-app... done
      Running pipeline:ship on ⬢ example-app
      ✓ Push web and worker to localhost:5055/example-app (0.0s)
      ✓ Release web and worker to example-app: v4 (0.0s)
      ⠿ Wait for the dynos to come up (0.0s)
        ⠿ ━━━━━━━━━━  2/2  dynos up, stable for 0 of 3 s
        │ …
      0.0s in all"
    `)

    await shell.shows(/^Shipped/m)
    expect(await shell.exitCode()).toBe(0)
    expect(evened(await shell.story())).toMatchInlineSnapshot(`
      "$ heroku pipeline:ship --app example-app --archive web=web.tar --archive worker=worker.tar --stable-for 3s
      Checking example-app... done
      Running pipeline:ship on ⬢ example-app
      ✓ Push web and worker to localhost:5055/example-app (0.0s)
      ✓ Release web and worker to example-app: v4 (0.0s)
      ✓ Wait for the dynos to come up: 2 dynos up (0.0s)
      Shipped web (0123456789ab) and worker (0123456789ab): example-app runs v4.
      $ echo "code=$?"
      code=0
      $"
    `)
  })

  test('a resize in the middle takes nothing from the story', async ({expect}) => {
    await using desk = await sitDown({columns: 100, rows: 32})
    const {shell} = desk
    await shell.types(`${SHIP} --stable-for 60s`)
    await shell.shows(/ ━{20} {2}2\/2 {2}dynos up, stable/)
    await shell.resize({columns: 60, rows: 32})
    await shell.shows(/ ━{10} {2}2\/2 {2}dynos up, stable/)
    await shell.resize(large)
    await shell.shows(/ ━{20} {2}2\/2 {2}dynos up, stable/)
    await shell.press('C-c')
    expect(await shell.exitCode()).toBe(130)
    // tmux wraps anew up to 250 ms before it tells the process: a row of a frame drawn meanwhile may stay.
    const story = evened(await shell.story()).replaceAll(/^(?: {2})?[⠿│].*\n/gm, '')
    expect(story).toMatchInlineSnapshot(`
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
  })

  test('no colours with NO_COLOR, colours without', async ({expect}) => {
    await using plain = await sitDown(large, {env: {NO_COLOR: '1'}})
    await using coloured = await sitDown(large)
    for (const {shell} of [plain, coloured]) await shell.types(`${SHIP} --stable-for 1s`)
    for (const {shell} of [plain, coloured]) await shell.shows('Wait for the dynos')
    expect(await plain.shell.coloured()).not.toContain('\u001B')
    expect(await coloured.shell.coloured()).toContain('\u001B[32m✓')
    for (const {shell} of [plain, coloured]) await shell.shows(/^Shipped/m)
    expect(await plain.shell.coloured()).not.toContain('\u001B')
  })

  test('plain lines when the answer goes into a pipe', async ({expect}) => {
    await using desk = await sitDown({columns: 80, rows: 50})
    const {shell} = desk
    await shell.types(`${SHIP} --stable-for 1s | cat; (exit \${PIPESTATUS[0]})`)
    await shell.shows('Wait for the dynos to come up…')
    expect(await shell.cursorIsVisible()).toBe(true)
    await shell.shows(/^Shipped/m)
    expect(await shell.exitCode()).toBe(0)
    const story = evened(await shell.story())
    expect(story).toContain('\nPush web and worker to localhost:5055/example-app…\n')
    expect(story).toContain('\n✓ Wait for the dynos to come up: 2 dynos up (0.0s)\nShipped web')
    expect(story).not.toMatch(/in all|⠿/)
  })
})
