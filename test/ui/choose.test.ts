import {PassThrough} from 'node:stream'
import {describe, expect, test} from 'vitest'

import {chooseRenderer} from '../../src/lib/ui/choose.js'
import {canDraw, inCi, reflows, wantsColour} from '../../src/lib/ui/surroundings.js'

const terminal = {isTTY: true, columns: 80}
const pipe = {}
const both = {stdout: terminal, stderr: terminal, env: {}}

describe('a live screen is drawn', () => {
  test('on a terminal of 40 columns or more', () => {
    expect(canDraw(both)).toBe(true)
    expect(canDraw({...both, stderr: {isTTY: true, columns: 40}})).toBe(true)
  })

  test.each([
    ['when stdout is a pipe', {...both, stdout: pipe}],
    ['when stderr is a file', {...both, stderr: pipe}],
    ['in CI', {...both, env: {CI: 'true'}}],
    ['on a dumb terminal', {...both, env: {TERM: 'dumb'}}],
    ['for a screen reader', {...both, env: {INK_SCREEN_READER: 'true'}}],
    ['on 39 columns', {...both, stderr: {isTTY: true, columns: 39}}],
    ['on the 0 columns of a CI pty', {...both, stderr: {isTTY: true, columns: 0}}],
  ])('not %s', (_, surroundings) => expect(canDraw(surroundings)).toBe(false))
})

test('CI is what is-in-ci takes for it', () => {
  const found = [{}, {CI: '0'}, {CI: 'false'}, {CI: ''}, {CI: '1'}, {CONTINUOUS_INTEGRATION: 'yes'}].map((env) =>
    inCi(env),
  )
  expect(found).toEqual([false, false, false, true, true, true])
})

test('colours: FORCE_COLOR, then NO_COLOR, then the terminal', () => {
  expect(wantsColour(terminal, {})).toBe(true)
  expect(wantsColour(pipe, {})).toBe(false)
  expect(wantsColour(terminal, {NO_COLOR: '1'})).toBe(false)
  expect(wantsColour(terminal, {NO_COLOR: ''})).toBe(true)
  expect(wantsColour(terminal, {CI: 'true'})).toBe(false)
  expect(wantsColour(terminal, {TERM: 'dumb'})).toBe(false)
  expect(wantsColour(pipe, {FORCE_COLOR: '1', NO_COLOR: '1', CI: 'true'})).toBe(true)
  expect(wantsColour(terminal, {FORCE_COLOR: '0'})).toBe(false)
})

test('xterm and GNU screen cut off what tmux and the rest wrap anew', () => {
  const found = [
    {TERM: 'xterm-256color'},
    {TMUX: 'x', XTERM_VERSION: 'x'},
    {XTERM_VERSION: 'x'},
    {STY: 'x'},
    {TERM: 'linux'},
  ]
  expect(found.map((env) => reflows(env))).toEqual([true, true, false, false, false])
})

const asStream = (stream: PassThrough, more: object = {}) =>
  Object.assign(stream, more) as unknown as NodeJS.WriteStream

test('the story goes to stderr, and nothing else does', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const renderer = await chooseRenderer({json: true, stdout: asStream(stdout), stderr: asStream(stderr), env: {}})
  renderer.emit({at: 0, type: 'warning', message: 'careful'})
  await renderer.close()
  expect(String(stderr.read())).toBe(' ›   Warning: careful\n')
  expect(stdout.read()).toBeNull()
})

test('a reader that went away ends no run', async () => {
  const stderr = new PassThrough()
  const renderer = await chooseRenderer({
    json: true,
    stdout: asStream(new PassThrough()),
    stderr: asStream(stderr),
    env: {},
  })
  stderr.destroy(new Error('EPIPE'))
  renderer.emit({at: 0, type: 'warning', message: 'careful'})
  await renderer.close()
})
