import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {addHosts} from './hosts-file.js'

const NAMES = ['api.heroku.localhost', 'registry.heroku.localhost']

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hosts-'))
  file = path.join(folder, 'hosts')
})
afterEach(() => rm(folder, {recursive: true}))

const text = () => readFile(file, 'utf8')

test.each([
  ['127.0.0.1 localhost\n10.0.0.1 other # note\n'],
  ['127.0.0.1 localhost\n\n\n'],
  ['127.0.0.1 localhost without a line end'],
  [''],
])('%j is as it was afterwards, and the same file', async (before) => {
  await writeFile(file, before)
  const {ino} = await stat(file)
  const remove = addHosts(NAMES, file)
  const during = await text()
  expect(during.startsWith(before)).toBe(true)
  expect(during).toMatch(/^127\.0\.0\.1 api\.heroku\.localhost registry\.heroku\.localhost #/m)
  remove()
  expect(await text()).toBe(before)
  expect((await stat(file)).ino).toBe(ino)
})

test('only the names that it lacks are added', async () => {
  const before = '127.0.0.1 api.heroku.localhost # by hand\n'
  await writeFile(file, before)
  const remove = addHosts(NAMES, file)
  expect((await text()).slice(before.length)).toMatch(/^127\.0\.0\.1 registry\.heroku\.localhost #/)
  remove()
  await writeFile(file, `${before}127.0.0.1 registry.heroku.localhost\n`)
  addHosts(NAMES, file)()
  expect(await text()).toBe(`${before}127.0.0.1 registry.heroku.localhost\n`)
})

test('what somebody else wrote meanwhile stays', async () => {
  await writeFile(file, '127.0.0.1 localhost\n')
  const remove = addHosts(NAMES, file)
  await writeFile(file, `10.0.0.1 before\n${await text()}10.0.0.2 after\n`)
  remove()
  expect(await text()).toBe('10.0.0.1 before\n127.0.0.1 localhost\n10.0.0.2 after\n')
})

test("a name that is another machine's is not taken over", async () => {
  const before = '10.0.0.1 registry.heroku.localhost\n'
  await writeFile(file, before)
  expect(() => addHosts(NAMES, file)).toThrow(`${file} says that registry.heroku.localhost is 10.0.0.1`)
  expect(await text()).toBe(before)
})

test.each([
  ['process.exit(3)', 'gone with it'],
  ['process.kill(process.pid, "SIGKILL")', 'taken out by the next run'],
])('a process that ends by %s leaves a line that is %s', async (end, what) => {
  await writeFile(file, '127.0.0.1 localhost\n')
  const program = path.join(folder, 'ends.mts')
  const module = new URL('hosts-file.ts', import.meta.url)
  await writeFile(
    program,
    `import {addHosts} from ${JSON.stringify(module)}\naddHosts(${JSON.stringify(NAMES)}, ${JSON.stringify(file)})\n${end}\n`,
  )
  const tsx = import.meta.resolve('tsx')
  const [code, signal] = (await once(spawn(process.execPath, ['--import', tsx, program]), 'close')) as unknown[]
  expect([code, signal]).toEqual(what.startsWith('gone') ? [3, null] : [null, 'SIGKILL'])
  if (what.startsWith('taken')) {
    expect(await text()).toContain('registry.heroku.localhost')
    addHosts(NAMES, file)()
  }
  expect(await text()).toBe('127.0.0.1 localhost\n')
})
