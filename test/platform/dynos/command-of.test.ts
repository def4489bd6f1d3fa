import {execFileSync} from 'node:child_process'
import fc from 'fast-check'
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {commandOf, dynoEnv} from './command-of.js'

test.each([
  [['/bin/sh', '-c', 'gunicorn app'], undefined, '/bin/sh -c gunicorn\\ app'],
  [['node', 'server.js'], undefined, 'node server.js'],
  [['serve', '--now'], ['/entry.sh'], '/entry.sh serve --now'],
  [['/bin/sh', '-c', '[cd frontend, npm start]'], undefined, '/bin/sh -c \\[cd\\ frontend,\\ npm\\ start\\]'],
  [null, undefined, ''],
])('%j with entrypoint %j is shown as the real log shows it', (Cmd, Entrypoint, command) => {
  const config = {Cmd, ...(Entrypoint ? {Entrypoint} : {})}
  expect(commandOf({config}).command).toBe(command)
})

test('a shell reads back exactly the words of the image', () => {
  const word = fc.string({unit: fc.constantFrom(...'ab $"\'\\\n*?[](){}|&;<>~#!%é=:,@+-_/'), maxLength: 12})
  fc.assert(
    fc.property(fc.array(word, {minLength: 1, maxLength: 4}), (words) => {
      const {command} = commandOf({config: {Cmd: ['printf', '%s\\0', ...words]}})
      expect(execFileSync('/bin/sh', ['-c', command], {encoding: 'utf8'}).split('\0').slice(0, -1)).toEqual(words)
    }),
    {numRuns: 60},
  )
})

test('ENV and WORKDIR are kept, WORKDIR is / by default', () => {
  expect(commandOf({config: {Cmd: ['x'], Env: ['A=1=2', 'B='], WorkingDir: '/app'}})).toEqual({
    command: 'x',
    cwd: '/app',
    env: {A: '1=2', B: ''},
  })
  expect(commandOf({config: {WorkingDir: ''}}).cwd).toBe('/')
})

test('config vars win over ENV; PATH is the image’s, then the host’s', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'root-'))
  mkdirSync(path.join(root, 'only-in-image/bin'), {recursive: true})
  const env = dynoEnv(root, {A: 'image', B: 'image', PATH: '/only-in-image/bin:/usr/bin'}, {A: 'config'})
  expect(env).toMatchObject({A: 'config', B: 'image'})
  expect(env.PATH).toBe(`${root}/only-in-image/bin:/usr/bin:${process.env.PATH}`)
  rmSync(root, {recursive: true})
})
