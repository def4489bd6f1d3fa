import {expect, it} from 'vitest'

import {takeCrashNotes} from '../../src/lib/app/crash-notes.js'

const note = (lines: string[]) => {
  const notes = takeCrashNotes()
  for (const line of lines) {
    const [, source, dyno, text] = /^(\w+)\[([\w.]+)\]: (.*)$/.exec(line)!
    notes.note({at: '2026-01-01T00:00:00+00:00', source: source!, dyno: dyno!, text: text!})
  }

  return notes
}

it('tells a crash in one line: the status and the line that names the error', () => {
  const notes = note([
    'heroku[web.1]: Starting process with command `node server.js`',
    "app[web.1]: Error: Cannot find module 'express'",
    'app[web.1]:     at Function._resolveFilename (node:internal/modules/cjs/loader:1140:15)',
    'heroku[web.1]: Process exited with status 1',
    'heroku[web.1]: State changed from starting to crashed',
  ])
  expect(notes.why('web.1')).toBe(" (status 1): Error: Cannot find module 'express'")
  expect(notes.crashes('web.1')).toBe(1)
  expect(notes.crashes('web.2')).toBe(0)
})

it('names the platform error, and the last line when none names an error', () => {
  const notes = note([
    'app[web.1]: listening on nothing',
    'heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch',
    'heroku[web.1]: Stopping process with SIGKILL',
    'heroku[web.1]: Process exited with status 137',
    'heroku[web.1]: State changed from starting to crashed',
  ])
  expect(notes.why('web.1')).toBe(' (R10 Boot timeout): listening on nothing')
})

it('is silent when the log is', () => {
  expect(note([]).why('web.1')).toBe('')
})

const NEW = ['app[web.1]: Error: no such column', 'heroku[web.1]: Process exited with status 1']
const CRASHED = 'heroku[web.1]: State changed from starting to crashed'
const OLD = 'heroku[web.1]: Process exited with status 143'

it.each([
  ['before the crash', [OLD, ...NEW, CRASHED]],
  ['between exit and crash', [...NEW, OLD, CRASHED]],
  ['after the crash', [...NEW, CRASHED, OLD]],
])('does not take the exit of the process of before for that of the crash: %s', (_, rest) => {
  const notes = note([
    'heroku[web.1]: Stopping all processes with SIGTERM',
    'heroku[web.1]: Starting process with command `node server.js`',
    ...rest,
  ])
  expect(notes.why('web.1')).toBe(' (status 1): Error: no such column')
})
