import {mkdtemp, readFile, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'

import {type JournalEntry, journalPath, openJournal} from '../../src/lib/run/journal.js'
import {
  addToJournal,
  listJournals,
  pruneJournals,
  readJournal,
  readJournalFile,
} from '../../src/lib/run/journal-read.js'
import {mayBeOpen} from '../../src/lib/run/run-story.js'

const DAY_MS = 24 * 60 * 60_000
const AT = Date.parse('2026-11-21T10:00:00Z')

const run: JournalEntry = {type: 'run', version: 1, run: 'r1', command: 'pipeline:ship', app: 'acme', facts: {a: 1}}
const entries: JournalEntry[] = [
  run,
  {type: 'plan', plan: 'window', steps: ['on', 'off'], input: null},
  {type: 'begin', step: 'on', seen: {was: false}},
  {type: 'end', step: 'on', ok: true, result: null},
  {type: 'begin', step: 'off', seen: null},
]

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journal-'))
})
afterEach(() => rm(folder, {recursive: true, force: true}))

function write(name: string, lines: JournalEntry[] = entries): string {
  const file = journalPath(folder, 'acme', name, AT)
  const journal = openJournal(file, () => AT)
  for (const line of lines) journal.write(line)
  journal.close()
  return file
}

test('wherever a journal is torn, what was whole before it is read', async () => {
  const text = await readFile(write('r1'), 'utf8')
  const whole = text.indexOf('\n')
  for (let length = whole; length <= text.length; length++) {
    const {run, steps} = readJournal(text.slice(0, length))
    const lines = text.slice(0, length + 1).split('\n').length - 1
    expect(run).toBe('r1')
    expect(steps.map(({step}) => step)).toEqual(lines >= 5 ? ['on', 'off'] : lines >= 3 ? ['on'] : [])
  }

  for (let length = 0; length < whole; length++) expect(() => readJournal(text.slice(0, length))).toThrow(/not begin/)
})

test('what is added to a torn journal is on a line of its own', async () => {
  const file = write('r1')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.slice(0, -5))
  addToJournal(file, AT, [{type: 'settled', by: 'r2'}])
  const {story} = readJournalFile(file)
  expect(story).toMatchObject({settledBy: 'r2', steps: [{step: 'on', ended: 'ok'}]})
  expect(mayBeOpen(story)).toBe(false)
})

test('lines of kinds that are not known are nothing, a version that is not known is refused with words', () => {
  const lines = entries.map((entry) => JSON.stringify({at: 'now', ...entry}))
  const strange = ['{"at":"now","type":"weather","sky":"grey"}', '{"at":"now","type":"begin"}', '[]', 'null', '7']
  const [first, ...rest] = lines
  expect(readJournal([first, ...strange, ...rest].join('\n'))).toEqual(readJournal(lines.join('\n')))
  const newer = JSON.stringify({at: 'now', ...run, version: 2})
  expect(() => readJournal(newer)).toThrow('it is of version 2, and this plugin reads version 1: heroku plugins:update')
})

test('a run is open when it was killed or holds after it touched the app', () => {
  const open = (...more: JournalEntry[]) =>
    mayBeOpen(readJournal([...entries, ...more].map((entry) => JSON.stringify({at: 'now', ...entry})).join('\n')))
  const ended = (outcome: 'done' | 'failed' | 'held' | 'interrupted'): JournalEntry => {
    return {type: 'outcome', outcome, exitCode: 0, message: 'So.'}
  }
  expect(open()).toBe(true)
  expect(open(ended('held'))).toBe(true)
  for (const outcome of ['done', 'failed', 'interrupted'] as const) expect(open(ended(outcome))).toBe(false)
  expect(open(ended('held'), {type: 'settled', by: 'r2'})).toBe(false)
  const builds = entries.map((entry) => (entry.type === 'plan' ? {...entry, plan: 'build'} : entry))
  const built = builds.map((entry) => JSON.stringify({at: 'now', ...entry})).join('\n')
  expect(mayBeOpen(readJournal(built))).toBe(false)
})

test('journals are listed, the newest first, and go after 30 days', async () => {
  const old = write('r0')
  const young = write('r1')
  await writeFile(path.join(path.dirname(old), 'no-journal.ndjson'), 'text')
  expect(listJournals(folder, 'acme').map(({file}) => path.basename(file).slice(-9))).toEqual([
    'r1.ndjson',
    'r0.ndjson',
  ])
  for (const [file, at] of [
    [old, new Date(AT)],
    [young, new Date(AT + DAY_MS)],
  ] as const)
    await utimes(file, at, at)
  pruneJournals(folder, AT + 30 * DAY_MS)
  expect(listJournals(folder, 'acme')).toHaveLength(2)
  pruneJournals(folder, AT + 30 * DAY_MS + 1)
  expect(listJournals(folder, 'acme').map(({file}) => path.basename(file).slice(-9))).toEqual(['r1.ndjson'])
})
