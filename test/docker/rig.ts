import {createHash, randomBytes} from 'node:crypto'
import {copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {buffer} from 'node:stream/consumers'
import {gunzipSync} from 'node:zlib'

import tar from 'tar-stream'
import {afterEach} from 'vitest'

import {createEngine} from '../../src/lib/docker/engine.js'
import {connect} from '../../src/lib/docker/transport.js'
import type {BuildEvents, BuildRequest, Engine} from '../../src/lib/docker/types.js'

/** The engines every law is tried on: Debian's with a graph driver, and the newer one with the containerd image store. */
export const engines = [
  {
    engine: 'docker',
    host: () => process.env.REAL_DOCKER_HOST ?? process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock',
  },
  {engine: 'newer-docker', host: () => process.env.REAL_NEWER_DOCKER_HOST ?? ''},
] as const

/** An environment with nothing of this machine's docker settings. */
export const envFor = (host: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  DOCKER_HOST: host,
})

export const engineAt = (host: string): Promise<Engine> => createEngine(envFor(host))

const folders: string[] = []
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, {recursive: true, force: true})))
})

/** A folder that goes away with the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ship-docker-test-'))
  folders.push(folder)
  return folder
}

/** A folder with these files. */
export async function contextWith(files: Record<string, Buffer | string>): Promise<string> {
  const folder = await tempFolder()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), {recursive: true})
    await writeFile(path.join(folder, name), content)
  }
  return folder
}

/** A context with a shell in it: images can't be pulled where these tests run. `{{busybox}}` in a Dockerfile is its path. */
export async function contextWithShell(files: Record<string, Buffer | string>): Promise<string> {
  const folder = await contextWith(files)
  await copyFile('/bin/busybox', path.join(folder, 'busybox'))
  return folder
}

/** Starts of a Dockerfile whose RUN is a shell's. */
export const SHELL = 'FROM scratch\nCOPY busybox /bin/\nSHELL ["/bin/busybox", "sh", "-c"]\n'

/** A name no other test uses. */
export const uniqueName = (): string => `ship-test-${randomBytes(6).toString('hex')}`

export type Steps = Array<Parameters<BuildEvents['onStep']>[0]>

/** Builds and keeps what was told. */
export async function build(
  engine: Engine,
  request: Partial<BuildRequest> & {context: string},
  signal = new AbortController().signal,
): Promise<{imageId: string; lines: string[]; steps: Steps}> {
  const lines: string[] = []
  const steps: Steps = []
  const events: BuildEvents = {onStep: (step) => steps.push(step), onLog: (line) => lines.push(line)}
  const whole = {dockerfile: path.join(request.context, 'Dockerfile'), args: {}, noCache: false, tags: [], ...request}
  const {imageId} = await engine.build(whole, events, signal)
  return {imageId, lines, steps}
}

/** What a layer's tar says of a file; `content` is a hash. */
export type Listed = {type: string; mode: string; owner: string; mtime: number; link?: string; content?: string}

/** The files of each image, all layers over each other, read from one `docker save`. */
export async function listImages(host: string, names: string[]): Promise<Map<string, Map<string, Listed>>> {
  const query = {names: names.map((name) => `${name}:latest`)}
  const stream = await connect({host, from: 'a test'}).stream({method: 'GET', path: '/images/get', query})
  const files = new Map<string, Buffer>()
  for await (const entry of stream.pipe(tar.extract())) files.set(entry.header.name, await buffer(entry))
  const manifest = JSON.parse(files.get('manifest.json')!.toString()) as Array<{
    RepoTags: string[]
    Layers: string[] | null
  }>
  const listed = new Map<string, Map<string, Listed>>()
  for (const {RepoTags, Layers} of manifest) {
    const all = new Map<string, Listed>()
    for (const layer of Layers ?? []) for (const [name, file] of await listLayer(files.get(layer)!)) all.set(name, file)
    for (const tag of RepoTags) listed.set(tag.replace(/:latest$/, '').replace('docker.io/library/', ''), all)
  }
  return listed
}

export async function listImage(host: string, name: string): Promise<Record<string, Listed>> {
  return Object.fromEntries((await listImages(host, [name])).get(name) ?? [])
}

async function listLayer(layer: Buffer): Promise<Map<string, Listed>> {
  const extract = tar.extract()
  extract.end(layer[0] === 0x1f && layer[1] === 0x8b ? gunzipSync(layer) : layer)
  const files = new Map<string, Listed>()
  for await (const entry of extract) {
    const {name, type, mode = 0, uid, gid, mtime, linkname} = entry.header
    const content = await buffer(entry)
    files.set(name.replace(/\/$/, ''), {
      type: String(type),
      mode: mode.toString(8),
      owner: `${uid}:${gid}`,
      mtime: mtime?.getTime() ?? 0,
      ...(linkname ? {link: linkname} : {}),
      ...(type === 'file' ? {content: createHash('sha256').update(content).digest('hex')} : {}),
    })
  }
  return files
}

/** Removes images of a test; the build cache stays, as it does for a user. */
export async function removeImages(host: string, names: string[]): Promise<void> {
  const {default: Docker} = await import('dockerode')
  const docker = new Docker({socketPath: host.replace('unix://', '')})
  await Promise.all(
    names.map((name) =>
      docker
        .getImage(name)
        .remove({force: true})
        .catch(() => {}),
    ),
  )
}
