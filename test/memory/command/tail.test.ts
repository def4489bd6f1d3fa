import {beforeEach, describe, test} from 'vitest'

import {startHeroku} from '../../real/heroku-cli.js'
import {needs} from '../../real/needs.js'
import {openShell} from '../../terminal/shell.js'
import {APP, openMemoryRig} from './rig.js'

describe.concurrent('pipeline:memory --tail', {timeout: 60_000}, () => {
  beforeEach((context) => needs(context, 'tmux', 'heroku-cli'))

  test('a dashboard on a terminal, which Ctrl-C leaves clean', async ({expect}) => {
    await using rig = await openMemoryRig()
    const {first, heroku, home} = rig
    await using shell = await openShell({columns: 90, rows: 20}, {cwd: rig.folder, env: rig.env, home})
    await shell.types(`heroku pipeline:memory --app ${APP} --tail`)
    const screen = await shell.shows(/worker\.1 .*▅/)
    expect(screen).toMatch(new RegExp(`^⬢ ${APP} {2}v${first} since \\d\\d:\\d\\dZ +\\d\\d:\\d\\d:\\d\\dZ$`, 'm'))
    expect(screen).toMatch(/^ {2}web\.1 +5[34]\d(\.\d)? MB {2}━{14} {2}10\d % {2}R14 ×\d+ +[▁-█]+$/m)
    expect(screen).toMatch(/^ {2}web\.2 .* R14 ×/m)
    expect(screen).toMatch(/^ {2}worker\.1 +(29|30)\d(\.\d)? MB {2}━{8}─{6} {3}5\d % +[▁-█]+$/m)
    expect(screen).toContain('Ctrl-C ends it.')

    await shell.press('C-c')
    expect(await shell.exitCode()).toBe(130)
    expect(await shell.cursorIsVisible()).toBe(true)
    const story = await shell.story()
    expect(story.match(/web\.1 /g)).toHaveLength(1)
    expect(story).not.toContain(heroku.apiKey)
  })

  test('lines in a pipe, as they come, until a signal', async ({expect}) => {
    await using rig = await openMemoryRig({hours: 0.1, web: 1, speed: 20})
    const {heroku} = rig
    const process = await startHeroku(['pipeline:memory', '--app', APP, '--tail'], {env: rig.env, home: rig.home})
    await process.says(/^\d\d:\d\d:\d\dZ {2}web\.1 {2}5[34]\d(\.\d)? MB of 512 MB \(10\d %\)$/m)
    await process.says(/^\d\d:\d\d:\d\dZ {2}web\.1 {2}R14: over its quota$/m)
    heroku.knobs(APP).memoryCurves.worker = () => 1300
    await process.says(
      /worker\.1 {2}R15: far over its quota, it is killed\n.*worker\.1 {2}killed \(status 137\)\n.*worker\.1 {2}crashed/,
    )
    process.kill('SIGTERM')
    const {code, stderr, stdout} = await process.done
    expect(code, stderr).toBe(143)
    expect(stdout).not.toContain('\u001B')
    expect(stdout + stderr).not.toContain(heroku.apiKey)
  })

  test('of an app that is not there: refused', async ({expect}) => {
    await using rig = await openMemoryRig({hours: 0})
    const {done} = await startHeroku(['pipeline:memory', '--app', 'nowhere', '--tail'], {env: rig.env, home: rig.home})
    const {code, stderr, stdout} = await done
    expect({code, stdout}).toEqual({code: 3, stdout: ''})
    expect(stderr).toMatch(/Couldn't find that app/)
  })

  test('a reader that went away ends it', async ({expect}) => {
    await using rig = await openMemoryRig({hours: 0.1, web: 1, speed: 20})
    await using shell = await openShell({columns: 90, rows: 20}, {cwd: rig.folder, env: rig.env, home: rig.home})
    await shell.types(`heroku pipeline:memory --app ${APP} --tail | head -1; echo "ends=\${PIPESTATUS[0]}"`)
    expect(await shell.shows(/^ends=\d+$/m)).toMatch(
      /^The memory of example-app from its log; Ctrl-C ends it\.\nends=0$/m,
    )
  })
})
