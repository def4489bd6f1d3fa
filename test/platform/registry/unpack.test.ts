import {existsSync} from 'node:fs'
import {lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {buffer} from 'node:stream/consumers'
import {gzipSync} from 'node:zlib'
import tar, {type Header} from 'tar-stream'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {ImageStore} from './image-store.js'
import {makeImageArchive} from './make-image.js'
import {unpackLayer} from './unpack-layer.js'

let dir: string
let root: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'unpack-'))
  root = path.join(dir, 'root')
  await mkdir(root)
})
afterEach(() => rm(dir, {recursive: true}))

type Entry = Partial<Header> & {name: string; content?: string}

test('later layers replace, delete and empty what earlier ones brought', async () => {
  await layer([
    {name: 'app/old', content: '1'},
    {name: 'app/kept', content: '1'},
    {name: 'cache/a', content: '1'},
    {name: 'gone/deep/b', content: '1'},
    {name: 'turns', content: 'file'},
  ])
  await layer([
    {name: 'app/old', content: '2'},
    {name: 'cache/new', content: '2'},
    {name: 'cache/.wh..wh..opq', content: ''},
    {name: '.wh.gone', content: ''},
    {name: 'turns', type: 'directory'},
    {name: 'turns/inside', content: '2'},
  ])
  expect(await tree()).toEqual(['app/kept=1', 'app/old=2', 'cache/new=2', 'turns/inside=2'])
})

test('a whiteout deletes nothing of its own layer', async () => {
  await layer([{name: 'a/b', content: 'lower'}])
  await layer([
    {name: 'a/b', content: 'upper'},
    {name: 'a/.wh.b', content: ''},
  ])
  expect(await tree()).toEqual(['a/b=upper'])
})

test('scripts can be run, links lead where they lead in the image', async () => {
  await layer([
    {name: 'usr/bin/tool', content: '#!/bin/sh', mode: 0o755},
    {name: 'bin', type: 'symlink', linkname: '/usr/bin'},
    {name: 'usr/bin/same', type: 'link', linkname: 'usr/bin/tool'},
  ])
  await layer([{name: 'bin/more', content: 'through the link'}])
  expect((await lstat(path.join(root, 'usr/bin/tool'))).mode & 0o111).toBe(0o111)
  expect(await readlink(path.join(root, 'bin'))).toBe('usr/bin')
  expect(await readFile(path.join(root, 'bin/same'), 'utf8')).toBe('#!/bin/sh')
  expect(await readFile(path.join(root, 'usr/bin/more'), 'utf8')).toBe('through the link')
})

test.each<[string, Entry[]]>([
  ['dots', [{name: '../../escaped', content: 'x'}]],
  ['an absolute path', [{name: '/escaped', content: 'x'}]],
  [
    'an absolute link',
    [
      {name: 'out', type: 'symlink', linkname: '/..'},
      {name: 'out/escaped', content: 'x'},
    ],
  ],
  [
    'a link with dots',
    [
      {name: 'out', type: 'symlink', linkname: '../../..'},
      {name: 'out/escaped', content: 'x'},
    ],
  ],
  [
    'a link to overwrite',
    [
      {name: 'out', type: 'symlink', linkname: '../escaped'},
      {name: 'out', content: 'x'},
    ],
  ],
  [
    'a whiteout',
    [
      {name: 'out', type: 'symlink', linkname: '..'},
      {name: 'out/.wh.bystander', content: ''},
    ],
  ],
  [
    'an opaque folder',
    [
      {name: 'out', type: 'symlink', linkname: '..'},
      {name: 'out/.wh..wh..opq', content: ''},
    ],
  ],
])('no layer reaches out of the root by %s', async (_, entries) => {
  await writeFile(path.join(dir, 'bystander'), 'here before')
  await layer(entries)
  expect(existsSync(path.join(dir, 'escaped'))).toBe(false)
  expect(existsSync('/escaped')).toBe(false)
  expect(await readFile(path.join(dir, 'bystander'), 'utf8')).toBe('here before')
})

test('a hard link cannot take a file of the host in', async () => {
  await writeFile(path.join(dir, 'secret'), 'of the host')
  await expect(layer([{name: 'mine', type: 'link', linkname: '../secret'}])).rejects.toThrow('ENOENT')
})

test('links that lead nowhere but round are an error, not a hang', async () => {
  const links = layer([
    {name: 'a', type: 'symlink', linkname: 'b'},
    {name: 'b', type: 'symlink', linkname: 'a'},
    {name: 'a/file', content: 'x'},
  ])
  await expect(links).rejects.toThrow('Too many links')
})

test('a broken layer is an error', async () => {
  const file = path.join(dir, 'broken')
  await writeFile(file, gzipSync(Buffer.alloc(5000, 1)).subarray(0, 30))
  await expect(unpackLayer(file, root)).rejects.toThrow()
})

test('what was seeded is there after a restart, under the same digest each time', async () => {
  const archive = await makeImageArchive({
    files: {'app/server.js': 'x'},
    command: ['node', 'server.js'],
    workdir: '/app',
    env: {A: '1'},
  })
  const {config} = await new ImageStore(path.join(dir, 'store')).seed('example-app/web', archive)
  const store = new ImageStore(path.join(dir, 'store'))
  expect(store.latest('example-app/web')?.config).toBe(config)
  expect(store.imageConfig(config).config).toMatchObject({Cmd: ['node', 'server.js'], Env: ['A=1'], WorkingDir: '/app'})
  await store.unpack(config, root)
  expect(await tree()).toEqual(['app/server.js=x'])
  expect((await store.seed('other-app/web', archive)).config).toBe(config)
})

async function layer(entries: Entry[]): Promise<void> {
  const pack = tar.pack()
  for (const {content, ...header} of entries) pack.entry(header, content ?? '')
  pack.finalize()
  const file = path.join(dir, 'layer')
  await writeFile(file, await buffer(pack))
  await unpackLayer(file, root)
}

async function tree(): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(root, {recursive: true, withFileTypes: true})) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile()) found.push(`${path.relative(root, file)}=${await readFile(file, 'utf8')}`)
  }
  return found.sort()
}
