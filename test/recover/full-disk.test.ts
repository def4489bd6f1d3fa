import {readFile, stat, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'

import {type JournalEntry, JournalUnwritable, openJournal} from '../../src/lib/run/journal.js'
import {readJournalFile} from '../../src/lib/run/journal-read.js'
import {needs} from '../real/needs.js'
import {APP, openRig, type Rig} from './rig.js'
import {limitFiles, tinyDisk} from './tiny-disk.js'

const AT = Date.parse('2026-11-21T10:00:00Z')
const first: JournalEntry = {type: 'run', version: 1, run: 'r1', command: 'pipeline:ship', app: 'acme', facts: {a: 1}}

test('a full disk: every line that was written is read, none that was refused is, and none spoils the next', async (ctx) => {
  await needs(ctx, 'root')
  for (const length of [100, 333, 1000, 1500, 4000]) {
    await using disk = await tinyDisk(4)
    const file = path.join(disk.dir, 'r1.ndjson')
    const journal = openJournal(file, () => AT)
    journal.write(first)
    const begin = (step: string): JournalEntry => ({type: 'begin', step, seen: 'x'.repeat(length)})
    const kept: string[] = []
    for (let line = 0; line < 60; line++) {
      try {
        journal.write(begin(`s${line}`))
        kept.push(`s${line}`)
      } catch (error) {
        expect(error).toBeInstanceOf(JournalUnwritable)
        expect((error as Error).message).toBe(`Can't write the journal ${file}: the disk is full (ENOSPC)`)
      }
    }

    const told = () => readJournalFile(file).story.steps.map(({step}) => step)
    expect(told()).toEqual(kept)
    await disk.resize(64)
    journal.write(begin('after'))
    journal.close()
    expect(told()).toEqual([...kept, 'after'])
  }
})

/** Everything that was sent to change something. */
const writes = ({setup}: Rig) =>
  setup.heroku.requests.filter(({method, path}) => method !== 'GET' && !path.endsWith('/log-sessions'))

test('a disk that is read-only, a file that is there already: refused with words, and left as they are', async (ctx) => {
  await needs(ctx, 'root')
  await using disk = await tinyDisk(8)
  const theirs = path.join(disk.dir, 'theirs')
  await writeFile(theirs, 'of somebody else')
  const taken = `Can't write the journal ${theirs}: the file is there already, and a journal is of one run (EEXIST)`
  expect(() => openJournal(theirs, () => AT)).toThrow(taken)
  await disk.readOnly()
  const ours = path.join(disk.dir, 'ours')
  expect(() => openJournal(ours, () => AT)).toThrow(`Can't write the journal ${ours}: the disk is read-only (EROFS)`)
  expect(await readFile(theirs, 'utf8')).toBe('of somebody else')
})

test('no journal, no effect: a disk with no room for the first line', {timeout: 90_000}, async (ctx) => {
  await needs(ctx, 'heroku-cli', 'root')
  await using rig = await openRig()
  await using disk = await tinyDisk(8)
  const journal = path.join(disk.dir, 'run.ndjson')
  // One page is left for the file, none for the whole of its first line.
  await writeFile(path.join(disk.dir, 'filler'), Buffer.alloc(4096))
  const before = writes(rig).length
  const big = 'x'.repeat(5000)
  const argv = ['--json', '--app', APP, '--backup', 'none', '--journal', journal, '--', 'sh', 'migrate', big]
  const {code, stdout} = await rig.run(['pipeline:maintenance-migrate', ...argv])
  const message = `Can't write the journal ${journal}: the disk is full (ENOSPC)`
  expect({code, ...(JSON.parse(stdout) as object)}).toMatchObject({
    code: 3,
    outcome: 'refused',
    reasons: [{message, fix: expect.stringContaining('--journal') as string}],
  })
  expect(writes(rig).slice(before)).toEqual([])
  expect(await rig.differs()).toEqual([])
  // Half a first line is no journal.
  await expect(readFile(journal)).rejects.toThrow('ENOENT')
})

describe.concurrent('the disk fills up while a migration in a window runs', {timeout: 120_000}, () => {
  beforeEach((context) => needs(context, 'heroku-cli', 'root'))

  /** From now on the journal takes a part of one line more. */
  async function fillUp(rig: Rig, pid: number): Promise<void> {
    const {size} = await stat(await rig.journalFile())
    await limitFiles(pid, size + 20)
  }

  test('before the migration: it is not begun, and all is as it was', async () => {
    await using rig = await openRig()
    const knobs = rig.setup.heroku.knobs(APP)
    knobs.transferStaysPending = true
    const process = await rig.migrate()
    await expect.poll(async () => (await rig.journal()).at(-1), {timeout: 30_000}).toMatchObject({step: 'backup'})
    await fillUp(rig, process.pid)
    knobs.transferStaysPending = false
    const {code, stderr} = await process.done
    expect(code, stderr).toBe(1)
    expect(stderr).toMatch(/Not migrated: Can't write the journal \S+: the file may not become larger \(EFBIG\)/)
    expect(await rig.differs()).toEqual([])
    expect((await rig.world()).ran.migrate).toBe(0)
  })

  test('after the migration: it holds, and recover ends it from what was written', async () => {
    await using rig = await openRig({migrate: 'while [ ! -e "$RAN/go" ]; do sleep 0.05; done'})
    const process = await rig.migrate()
    await process.says(/run\.\d+/)
    await fillUp(rig, process.pid)
    await writeFile(path.join(rig.setup.folder, 'ran', 'go'), '')
    const {code, stderr} = await process.done
    expect(code, stderr).toBe(4)
    expect(stderr).toMatch(/Stopped: Can't write the journal[^]*What is left:[^]*heroku ps:scale worker=2/)
    expect(await rig.world()).toMatchObject({maintenance: true, ran: {migrate: 1}})
    const file = await rig.journalFile()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).not.toContain(rig.setup.heroku.apiKey)
    const recovered = await rig.recover(['--resume'])
    expect(recovered.code, recovered.stderr).toBe(0)
    expect(await rig.differs()).toEqual([])
    expect((await rig.world()).ran.migrate).toBe(1)
  })
})
