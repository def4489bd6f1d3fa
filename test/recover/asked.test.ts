import {mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, test} from 'vitest'

import {needs} from '../real/needs.js'
import {APP, openRig} from './rig.js'
import {tinyDisk} from './tiny-disk.js'

describe.concurrent('pipeline:recover of a run that holds', {timeout: 150_000}, () => {
  beforeEach((context) => needs(context, 'heroku-cli', 'root'))

  test('--rollback takes the migration back on the new code first, then all the rest; then nothing is left', async ({
    expect,
  }) => {
    await using rig = await openRig({migrate: 'exit 1', undo: '[ "$(cat version)" = new ]'})
    const flags = ['--migrate', 'sh migrate', '--migrate-undo', 'sh undo', '--backup', 'none', '--keep-up', 'clock']
    const argv = ['pipeline:ship', '--app', APP, ...flags, '--stable-for', '0s', ...(await rig.setup.archives({}))]
    const held = await rig.run(argv)
    expect(held.code, held.stderr).toBe(4)
    const back = await rig.recover(['--rollback', '--json'])
    expect({code: back.code, ...(JSON.parse(back.stdout) as object)}).toMatchObject({
      code: 0,
      outcome: 'done',
      left: [],
      message: expect.stringMatching(/is as it was before\.$/) as string,
    })
    expect((await rig.world()).ran).toMatchObject({migrate: 1, undo: 1})
    expect((await rig.differs()).filter((line) => !line.startsWith('releases:'))).toEqual([])
    const again = await rig.recover(['--rollback'])
    expect(again.code, again.stderr).toBe(3)
    expect((await rig.world()).ran.undo).toBe(1)
  })

  test('refuses a journal of another app, of a newer version, and to work without one of its own', async ({expect}) => {
    await using rig = await openRig()
    await using disk = await tinyDisk(4)
    await rig.killAt(await rig.migrate(), 9)
    // The backup goes on by itself.
    const {backups: _, ...left} = await rig.world()
    const journal = await rig.journalFile()
    const text = await readFile(journal, 'utf8')
    const refused = async (name: string, changed: string, says: RegExp) => {
      const file = path.join(rig.setup.folder, name)
      await writeFile(file, changed)
      const {code, stderr, stdout} = await rig.recover(['--journal', file, '--json'])
      expect(stdout, stderr).not.toBe('')
      const report = JSON.parse(stdout) as {outcome: string; reasons: Array<{message: string}>}
      expect({code, outcome: report.outcome}).toEqual({code: 3, outcome: 'refused'})
      expect(report.reasons[0]!.message).toMatch(says)
    }

    const theirs = text.replaceAll(/"app":\{"id":"[^"]+","name":"example-app"/g, '"app":{"id":"7","name":"other"')
    expect(theirs).not.toBe(text)
    await refused('theirs', theirs, /The journal \S+ is of other, not of example-app\./)
    await refused(
      'newer',
      text.replace('"version":1', '"version":2'),
      /of version 2, .* reads version 1: heroku plugins:update/,
    )

    // Where its own would go, nothing can be written; the one that is named lies elsewhere.
    const copy = path.join(rig.setup.folder, 'copy')
    await writeFile(copy, text)
    await mkdir(path.join(disk.dir, 'journals', APP), {recursive: true})
    await disk.readOnly()
    const home = path.join(rig.home.dir, 'data', 'heroku', 'pipeline-ship')
    await rm(home, {recursive: true})
    await symlink(disk.dir, home)
    const {code, stderr} = await rig.recover(['--journal', copy])
    expect(code, stderr).toBe(3)
    expect(stderr).toMatch(
      /Can't write the journal \S+: the disk is read-only \(EROFS\)\n.* Make room there, or make it writable\./,
    )
    expect(await rig.world()).toMatchObject(left)
    expect(await readFile(copy, 'utf8')).toBe(text)
  })
})
