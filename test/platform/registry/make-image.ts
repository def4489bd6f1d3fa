import {buffer} from 'node:stream/consumers'
import {Readable} from 'node:stream'
import {gzipSync} from 'node:zlib'
import tar from 'tar-stream'
import {hexOf, sha256} from './digest.js'
import type {ImageConfig, Manifest} from './manifest.js'
import {manifestOf, OCI} from './manifest.js'

/** A small image: paths inside it to contents, and what it runs. Scripts (`#!`) and ELF files are executable. */
export type ImageSpec = {
  files: Record<string, Buffer | string>
  command: string[]
  entrypoint?: string[]
  env?: Record<string, string>
  workdir?: string
}

export type ImageParts = {config: Buffer; layers: Buffer[]}

/** The config and the gzipped layers of an image; the same spec gives the same bytes each time. */
export async function makeImage(spec: ImageSpec): Promise<ImageParts> {
  const layer = await tarOf(spec.files)
  const config: ImageConfig & {created: string; history: object[]} = {
    architecture: 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      Cmd: spec.command,
      ...(spec.entrypoint ? {Entrypoint: spec.entrypoint} : {}),
      Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
      WorkingDir: spec.workdir ?? '/',
    },
    rootfs: {type: 'layers', diff_ids: [sha256(layer)]},
    history: [{created: '1970-01-01T00:00:00Z', created_by: 'make-image'}],
  }
  return {config: Buffer.from(JSON.stringify(config)), layers: [gzipSync(layer)]}
}

/** The same as a tar in OCI layout, as skopeo's `oci-archive:` and buildx's `type=oci` write it. */
export async function makeImageArchive(spec: ImageSpec): Promise<Buffer> {
  return archiveOf(await makeImage(spec))
}

export async function archiveOf({config, layers}: ImageParts): Promise<Buffer> {
  const manifest = Buffer.from(JSON.stringify(manifestOf(OCI, config, layers)))
  const index = {
    schemaVersion: 2,
    mediaType: OCI.index,
    manifests: [
      {
        mediaType: OCI.manifest,
        size: manifest.length,
        digest: sha256(manifest),
        platform: {os: 'linux', architecture: 'amd64'},
      },
    ],
  }
  return tarOf({
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    ...Object.fromEntries([manifest, config, ...layers].map((blob) => [blobName(sha256(blob)), blob])),
    'index.json': JSON.stringify(index),
  })
}

/** Reads back what `makeImageArchive` wrote; only that. */
export async function imageFromArchive(archive: Buffer): Promise<ImageParts> {
  const files = new Map<string, Buffer>()
  for await (const entry of Readable.from([archive]).pipe(tar.extract()))
    files.set(entry.header.name, await buffer(entry))
  const read = (name: string) => {
    const content = files.get(name)
    if (!content) throw new Error(`The archive has no ${name}`)
    return content
  }
  const index = JSON.parse(read('index.json').toString()) as {manifests: Array<{digest: string}>}
  const [first] = index.manifests
  if (!first) throw new Error('The archive has no manifest')
  const manifest = JSON.parse(read(blobName(first.digest)).toString()) as Manifest
  return {
    config: read(blobName(manifest.config.digest)),
    layers: manifest.layers.map((layer) => read(blobName(layer.digest))),
  }
}

/** A tar with the folders it needs, every time stamp at the epoch. */
export async function tarOf(files: Record<string, Buffer | string>): Promise<Buffer> {
  const pack = tar.pack()
  const packed = buffer(pack)
  const mtime = new Date(0)
  const folders = new Set<string>()
  for (const [path, content] of Object.entries(files)) {
    const name = path.replace(/^\/+/, '')
    for (const folder of foldersAbove(name)) {
      if (!folders.has(folder)) pack.entry({name: folder, type: 'directory', mode: 0o755, mtime})
      folders.add(folder)
    }
    pack.entry({name, mode: isProgram(content) ? 0o755 : 0o644, mtime}, content)
  }
  pack.finalize()
  return packed
}

function isProgram(content: Buffer | string): boolean {
  return /^(?:#!|\u007FELF)/.test(content.slice(0, 4).toString())
}

function foldersAbove(name: string): string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/') + '/')
}

function blobName(digest: string): string {
  return `blobs/sha256/${hexOf(digest)}`
}
