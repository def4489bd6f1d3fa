import {randomUUID} from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import {digestOfFile, hexOf, isDigest, sha256} from './digest.js'
import type {ImageSpec} from './make-image.js'
import {imageFromArchive, makeImage} from './make-image.js'
import type {ImageConfig, Manifest} from './manifest.js'
import {SCHEMA2, schema2Of} from './manifest.js'
import {unpackLayer} from './unpack-layer.js'

export type {ImageConfig} from './manifest.js'

/**
 * Everything that was pushed, on disk below `dir`: blobs by digest, and per repository (`<app>/<type>`) links to the blobs,
 * manifests and images it knows. Reads go to the disk each time, so a platform started again on the same folder sees all.
 */
export class ImageStore {
  private readonly dir: string

  constructor(dir: string) {
    this.dir = dir
    for (const part of ['blobs', 'images', 'repositories', 'uploads'])
      mkdirSync(path.join(dir, part), {recursive: true})
  }

  /** Digests of the manifest and the config behind the tag `latest`. */
  latest(repository: string): {manifest: string; config: string} | undefined {
    const manifest = readText(this.inRepository(repository, 'latest'))
    if (manifest === undefined) return undefined
    const {config} = JSON.parse(readFileSync(this.blobPath(manifest), 'utf8')) as Manifest
    return {manifest, config: config.digest}
  }

  /** Whether the image was pushed to any repository of that app (platform-facts §1.5). */
  hasImage(app: string, configDigest: string): boolean {
    if (!isDigest(configDigest)) return false
    const types = readNames(path.join(this.dir, 'repositories', app))
    return types.some((type) => existsSync(this.inRepository(`${app}/${type}`, 'images', hexOf(configDigest))))
  }

  imageConfig(configDigest: string): ImageConfig {
    return JSON.parse(readFileSync(this.blobPath(configDigest), 'utf8')) as ImageConfig
  }

  /** Lays the image's layers over each other in `into`, which is made when absent. */
  async unpack(configDigest: string, into: string): Promise<void> {
    const manifest = readText(path.join(this.dir, 'images', hexOf(configDigest)))
    if (manifest === undefined) throw new Error(`No image ${configDigest} was pushed`)
    mkdirSync(into, {recursive: true})
    const {layers} = JSON.parse(readFileSync(this.blobPath(manifest), 'utf8')) as Manifest
    for (const layer of layers) await unpackLayer(this.blobPath(layer.digest), into)
  }

  /** Puts an image straight in, without the protocol: a tar in OCI layout, or what `makeImageArchive` takes. */
  async seed(repository: string, image: Buffer | ImageSpec): Promise<{config: string; manifest: string}> {
    const {config, layers} = Buffer.isBuffer(image) ? await imageFromArchive(image) : await makeImage(image)
    for (const blob of [config, ...layers]) this.putBlob(repository, blob)
    const manifest = this.putManifest(repository, Buffer.from(JSON.stringify(schema2Of(config, layers), undefined, 2)))
    return {config: sha256(config), manifest}
  }

  blobPath(digest: string): string {
    return path.join(this.dir, 'blobs', hexOf(digest))
  }

  hasBlob(repository: string, digest: string): boolean {
    return existsSync(this.inRepository(repository, 'blobs', hexOf(digest)))
  }

  linkBlob(repository: string, digest: string): void {
    mark(this.inRepository(repository, 'blobs', hexOf(digest)))
  }

  putBlob(repository: string, blob: Buffer): void {
    writeWhole(this.blobPath(sha256(blob)), blob)
    this.linkBlob(repository, sha256(blob))
  }

  /** The manifest's bytes, by digest or by the tag `latest`. */
  manifest(repository: string, reference: string): Buffer | undefined {
    const digest = reference === 'latest' ? this.latest(repository)?.manifest : reference
    if (digest === undefined || !isDigest(digest)) return undefined
    if (!existsSync(this.inRepository(repository, 'manifests', hexOf(digest)))) return undefined
    return readFileSync(this.blobPath(digest))
  }

  /** Stores a schema 2 manifest whose blobs are there, and points `latest` to it. Resolves with its digest. */
  putManifest(repository: string, raw: Buffer): string {
    const manifest = JSON.parse(raw.toString()) as Manifest
    if (manifest.mediaType !== SCHEMA2.manifest) throw new Error('Only Docker schema 2 is stored')
    const digest = sha256(raw)
    writeWhole(this.blobPath(digest), raw)
    writeWhole(path.join(this.dir, 'images', hexOf(manifest.config.digest)), digest)
    mark(this.inRepository(repository, 'manifests', hexOf(digest)))
    mark(this.inRepository(repository, 'images', hexOf(manifest.config.digest)))
    writeWhole(this.inRepository(repository, 'latest'), digest)
    return digest
  }

  startUpload(): string {
    const id = randomUUID()
    closeSync(openSync(this.uploadPath(id), 'w'))
    return id
  }

  uploadPath(id: string): string {
    return path.join(this.dir, 'uploads', id)
  }

  /** Bytes received so far; undefined for an upload nobody began. */
  uploadSize(id: string): number | undefined {
    return statSync(this.uploadPath(id), {throwIfNoEntry: false})?.size
  }

  /** Makes a blob of the upload; false, and the upload is gone, when its digest is another. */
  async commitUpload(repository: string, id: string, digest: string): Promise<boolean> {
    if ((await digestOfFile(this.uploadPath(id))) !== digest) {
      this.cancelUpload(id)
      return false
    }
    renameSync(this.uploadPath(id), this.blobPath(digest))
    this.linkBlob(repository, digest)
    return true
  }

  cancelUpload(id: string): void {
    rmSync(this.uploadPath(id), {force: true})
  }

  private inRepository(repository: string, ...parts: string[]): string {
    return path.join(this.dir, 'repositories', repository, ...parts)
  }
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function readNames(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : []
}

function mark(file: string): void {
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, '')
}

function writeWhole(file: string, content: Buffer | string): void {
  mkdirSync(path.dirname(file), {recursive: true})
  const draft = `${file}.${randomUUID()}`
  writeFileSync(draft, content)
  renameSync(draft, file)
}
