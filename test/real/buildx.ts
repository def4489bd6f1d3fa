import {execFile} from 'node:child_process'
import {access, mkdir, mkdtemp, readdir, rename, rm} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'

import {cacheDir} from '../../scripts/lib/cache.mjs'

const run = promisify(execFile)

/** Where the newer engine's rig keeps Debian's package lists of its suite. */
const apt = path.join(cacheDir, 'newer-docker', 'apt')

/**
 * Docker's own build client, as a program that stands alone: the oracle for what a context holds. An installed plugin, else Debian's
 * package of the newer engine's suite, unpacked into the cache.
 * @throws Error that says why it can't be had
 */
export async function buildx(): Promise<string> {
  const dir = path.join(cacheDir, 'buildx')
  const places = ['/usr/libexec/docker/cli-plugins', '/usr/lib/docker/cli-plugins', '/usr/local/lib/docker/cli-plugins']
  for (const place of [...places, path.join(dir, 'usr/libexec/docker/cli-plugins')]) {
    const program = path.join(place, 'docker-buildx')
    if (await isThere(program)) return program
  }
  if (!(await isThere(apt))) throw new Error('docker buildx is not installed')
  await mkdir(cacheDir, {recursive: true})
  const unpacked = await mkdtemp(`${dir}-`)
  try {
    const lists = [`sourcelist=${apt}/etc/sources.list`, 'sourceparts=-'].map((option) => `-oDir::Etc::${option}`)
    const state = [
      `-oDir::State::Lists=${apt}/lists`,
      `-oDir::State::status=${apt}/status`,
      `-oDir::Cache=${apt}/cache`,
    ]
    await run('apt-get', ['-qq', ...lists, ...state, '-oAPT::Sandbox::User=root', 'download', 'docker-buildx'], {
      cwd: unpacked,
    })
    const deb = (await readdir(unpacked)).find((name) => name.endsWith('.deb')) ?? ''
    await run('dpkg-deb', ['-x', path.join(unpacked, deb), unpacked])
    await rename(unpacked, dir)
  } catch {
    await rm(unpacked, {recursive: true, force: true})
    throw new Error('docker buildx is not installed, and its Debian package can not be fetched')
  }
  return path.join(dir, 'usr/libexec/docker/cli-plugins/docker-buildx')
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )
