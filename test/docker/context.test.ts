import {execFile} from 'node:child_process'
import {chmod, link, mkdir, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import path from 'node:path'
import {promisify} from 'node:util'

import {describe, expect, test} from 'vitest'

import {ContextError} from '../../src/lib/docker/context/error.js'
import {walk} from '../../src/lib/docker/context/walk.js'
import {buildx} from '../real/buildx.js'
import {needs} from '../real/needs.js'
import {
  build,
  contextWith,
  engineAt,
  engines,
  listImage,
  removeImages,
  tempFolder,
  uniqueName,
  type Listed,
} from './rig.js'

const run = promisify(execFile)

/** What COPY asks for decides what is sent; links on the way are followed. */
const DOCKERFILES = {
  everything: 'FROM scratch\nCOPY . /\n',
  'a link to a folder': 'FROM scratch\nCOPY via-link /got/\n',
  'a file behind a link to a folder': 'FROM scratch\nCOPY via-link/deep/file.txt to-file.txt /got/\n',
  wildcards: 'FROM scratch\nCOPY dir/*.txt li*/f?le.txt /got/\n',
  'a folder of many': 'FROM scratch\nCOPY dir/sub /got/\n',
  'a link that leads out and round': 'FROM scratch\nCOPY around /got\n',
}

describe.each(engines)('on $engine', ({engine: part, host}) => {
  test.for(Object.entries(DOCKERFILES))('%s arrives as with docker’s own client', async ([, dockerfile], ctx) => {
    await needs(ctx, part, 'newer-docker')
    const context = await treeOfEverything()
    await writeFile(path.join(context, 'Dockerfile'), dockerfile)
    const [ours, theirs] = [uniqueName(), uniqueName()]

    // No cache: a layer that docker's client made would compare well with itself.
    await build(await engineAt(host()), {context, tags: [ours], noCache: true})
    const config = await tempFolder()
    const env = {PATH: process.env.PATH, HOME: config, DOCKER_CONFIG: config, DOCKER_HOST: host()}
    await run(await buildx(), ['build', '--no-cache', '--provenance=false', '--load', '-t', theirs, context], {env})

    const [found, wanted] = [await listImage(host(), ours), await listImage(host(), theirs)]
    await removeImages(host(), [ours, theirs])
    expect(Object.keys(wanted).length).toBeGreaterThan(0)
    expect(withoutFolderTimes(found)).toEqual(withoutFolderTimes(wanted))
  })

  test('a file that can’t be sent is named, whatever the engine makes of it', async (ctx) => {
    await needs(ctx, part)
    const context = await contextWith({Dockerfile: 'FROM scratch\nCOPY . /\n', 'file.txt': 'x'})
    await writeFile(Buffer.concat([Buffer.from(`${context}/`), Buffer.from([0x62, 0xff])]), '')
    await expect(build(await engineAt(host()), {context})).rejects.toThrow(/its name is not UTF-8/)
  })
})

test('a folder’s names come in the order of their bytes, and a folder before what it holds', async () => {
  const names = ['a', 'a.b', 'a-b', 'B', 'ä', '\uFFFCx', '🚀', 'z']
  const context = await contextWith(Object.fromEntries(names.flatMap((name) => [[`${name}/x`, '']])))
  const paths = [...walk(context, {include: [], exclude: [], follow: []})].map(({stat}) => stat.path)
  const folders = paths.filter((file) => !file.includes('/'))
  expect(folders).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  expect(paths).toEqual(folders.flatMap((folder) => [folder, `${folder}/x`]))
})

test('a context that is not there is said so', () => {
  expect(() => [...walk('/no/such/folder', {include: [], exclude: [], follow: []})]).toThrow(ContextError)
})

/** One of each: modes, links of every kind, names, empty folders, a socket, a pipe. */
async function treeOfEverything(): Promise<string> {
  const context = await contextWith({
    'run.sh': '#!/bin/sh\n',
    'private.txt': 'x',
    setuid: 'x',
    'dir/one.txt': '1',
    'dir/two.txt': '2',
    'dir/sub/three.md': '3',
    'linked/file.txt': 'behind a link',
    'linked/deep/file.txt': 'deep behind a link',
    'grüße/日本語 🚀.txt': 'unicode',
    'with space/a, b.txt': 'comma',
    'big.bin': Buffer.alloc(3_000_000, 'big'),
    'empty.txt': '',
  })
  const at = (name: string) => path.join(context, name)
  await Promise.all([mkdir(at('empty')), mkdir(at('sticky')), mkdir(at('dir/.hidden/empty'), {recursive: true})])
  await Promise.all([
    chmod(at('run.sh'), 0o755),
    chmod(at('private.txt'), 0o600),
    chmod(at('setuid'), 0o4711),
    chmod(at('sticky'), 0o1777),
  ])
  await symlink('linked', at('via-link'))
  await symlink('linked/file.txt', at('to-file.txt'))
  await symlink('nowhere', at('dangling'))
  await symlink('/absolute/target', at('absolute'))
  await symlink('../../../dir/sub/../one.txt', at('around'))
  await link(at('dir/one.txt'), at('zz-hard-link'))
  await utimes(at('dir/two.txt'), 1_234_567_890.123, 1_234_567_890.123)
  await run('mkfifo', [at('pipe')])
  const server = createServer().listen(at('a.sock'))
  await new Promise((resolve) => server.once('listening', resolve))
  // The entry stays when nobody listens any more, unless it is taken away.
  await link(at('a.sock'), at('b.sock'))
  await new Promise((resolve) => server.close(resolve))
  await rm(at('a.sock'), {force: true})
  return context
}

/** COPY makes parents itself, with the time of the build. */
const withoutFolderTimes = (files: Record<string, Listed>) =>
  Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, file.type === 'directory' ? {...file, mtime: 0} : file]),
  )
