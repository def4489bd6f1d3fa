import fc from 'fast-check'
import {readFileSync} from 'node:fs'
import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import * as zlib from 'node:zlib'
import tar from 'tar-stream'
import {buffer} from 'node:stream/consumers'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {ArchiveError} from '../../src/lib/registry/errors.js'
import {createRegistry} from '../../src/lib/registry/registry.js'
import type {UploadProgress} from '../../src/lib/registry/types.js'
import {sha256} from '../platform/registry/digest.js'
import {archiveOf, makeImage, makeImageArchive, tarOf} from '../platform/registry/make-image.js'
import {OCI, SCHEMA2, type Manifest} from '../platform/registry/manifest.js'
import {PASSWORD, type ServedRegistry, serveRegistry} from '../platform/registry/serve.js'
import {archiveFrom, blobsOf, describe as described, type Files, indexOf, ociArchive, ociManifest} from './archives.js'

const OCI_TAR = 'application/vnd.oci.image.layer.v1.tar'
const OCI_ZSTD = 'application/vnd.oci.image.layer.v1.tar+zstd'
const repository = 'example-app/web'
const image = await makeImage({files: {'app/server.js': 'console.log(1)'}, command: ['node', 'server.js']})
const plain = {config: image.config, layers: image.layers.map((layer) => gunzipSync(layer))}

let registry: ServedRegistry
let temporary: string
beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'push-archive-'))
  vi.stubEnv('TMPDIR', temporary)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(temporary, {recursive: true})
})
beforeEach(async () => {
  registry = await serveRegistry()
})
afterEach(async () => {
  await registry.close()
  expect(await readdir(temporary)).toEqual([])
})

describe('whatever wrote the archive, the image stays the same image', () => {
  test('OCI layout: pushed as schema 2 throughout, config untouched', async () => {
    const pushed = await push(await archiveOf(image))
    expect(pushed).toEqual({
      repository,
      manifest: registry.store.latest(repository)?.manifest,
      config: sha256(image.config),
      size: image.layers[0]?.length,
      layers: 1,
      command: ['node', 'server.js'],
    })
    const {config, layers, mediaType} = stored()
    expect([mediaType, config.mediaType, layers[0]?.mediaType]).toEqual(Object.values(SCHEMA2))
  })

  test('classic docker save: layers gzipped, links between layers followed', async () => {
    const [layer] = plain.layers as [Buffer]
    const twice = {
      ...JSON.parse(image.config.toString()),
      rootfs: {type: 'layers', diff_ids: [sha256(layer), sha256(layer)]},
    }
    const config = Buffer.from(JSON.stringify(twice))
    const name = `${sha256(config).slice(7)}.json`
    const pack = tar.pack()
    pack.entry({name: 'b/layer.tar', type: 'symlink', linkname: '../a/layer.tar'})
    pack.entry({name: 'a/layer.tar'}, layer)
    pack.entry({name}, config)
    pack.entry({name: 'manifest.json'}, JSON.stringify([{Config: name, Layers: ['a/layer.tar', 'b/layer.tar']}]))
    pack.finalize()
    const pushed = await push(await buffer(pack))
    expect(pushed).toMatchObject({config: sha256(config), layers: 2})
    expect(gunzipSync(blob(stored().layers[1]?.digest))).toEqual(layer)
  })

  test('both layouts in one tar, uncompressed layers', async () => {
    const manifest = ociManifest(plain, OCI_TAR)
    const pushed = await push(
      await tarOf({
        ...blobsOf(manifest, plain.config, ...plain.layers),
        'index.json': indexOf(described(OCI.manifest, manifest)),
        'manifest.json': '[{"Config":"elsewhere","Layers":[]}]',
      }),
    )
    expect(pushed.config).toBe(sha256(image.config))
    expect(gunzipSync(blob(stored().layers[0]?.digest))).toEqual(plain.layers[0])
  })

  test('an index: linux/amd64 is chosen, attestations and other platforms are not', async () => {
    const arm = await makeImage({files: {arm: 'arm'}, command: ['arm']})
    const [ours, theirs, attestation] = [ociManifest(image), ociManifest(arm), ociManifest(arm) + ' ']
    const index = indexOf(
      described(OCI.manifest, theirs, {platform: {os: 'linux', architecture: 'arm64'}}),
      described(OCI.manifest, ours, {platform: {os: 'linux', architecture: 'amd64'}}),
      described(OCI.manifest, attestation, {
        annotations: {'vnd.docker.reference.type': 'attestation-manifest'},
        platform: {os: 'unknown', architecture: 'unknown'},
      }),
      described(OCI.manifest, 'not in the archive', {platform: {os: 'linux', architecture: 's390x'}}),
    )
    const outer = indexOf(described(OCI.index, index))
    const pushed = await push(
      await tarOf({
        'index.json': outer,
        ...blobsOf(index, ours, theirs, attestation, image.config, arm.config, ...image.layers, ...arm.layers),
      }),
    )
    expect(pushed.config).toBe(sha256(image.config))
  })

  test('the same image gives the same digests, however it arrives', async () => {
    const archive = await ociArchive(plain, OCI_TAR)
    const first = await push(archive)
    for (const size of [100, 512, 4099]) {
      await registry.close()
      registry = await serveRegistry()
      expect(await push(archive, size)).toEqual(first)
    }
  })

  test('zstd layers become gzip, or, where Node can’t read them, are refused with a way out', async () => {
    const pushed = push(await ociArchive(zstd(), OCI_ZSTD))
    if (!('createZstdDecompress' in zlib)) return expect(pushed).rejects.toThrow(/zstd.*compression=gzip/)
    expect((await pushed).config).toBe(sha256(image.config))
    expect(gunzipSync(blob(stored().layers[0]?.digest))).toEqual(plain.layers[0])
  })

  test('property: the config that is pushed is the archive’s, and unpacks to the files that went in', async () => {
    const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?$/)
    const spec = fc.record({
      files: fc.dictionary(
        name.map((each) => `d/${each}-f`),
        fc.string({maxLength: 2000}),
        {maxKeys: 5},
      ),
      command: fc.array(fc.string(), {maxLength: 3}),
      gzipped: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(spec, async ({gzipped, ...what}) => {
        const parts = await makeImage(what)
        const archive = gzipped
          ? await archiveOf(parts)
          : await ociArchive({...parts, layers: parts.layers.map((layer) => gunzipSync(layer))}, OCI_TAR)
        const pushed = await push(archive)
        expect(pushed.config).toBe(sha256(parts.config))
        expect(registry.store.latest(repository)).toEqual({manifest: pushed.manifest, config: pushed.config})
        expect(gunzipSync(blob(stored().layers[0]?.digest))).toEqual(gunzipSync(parts.layers[0] as Buffer))
      }),
      {numRuns: 25},
    )
  })
})

describe('progress', () => {
  test('goes up to the total, and says what was there already', async () => {
    const archive = await archiveOf(image)
    const total = image.config.length + (image.layers[0]?.length ?? 0)
    const first = await progressOf(archive)
    expect(first[0]).toEqual({current: 0, total, layers: 1, done: 0, present: 0})
    expect(first.at(-1)).toEqual({current: total, total, layers: 1, done: 1, present: 0})
    registry.requests.length = 0
    expect((await progressOf(archive)).at(-1)).toEqual({current: total, total, layers: 1, done: 1, present: 1})
    expect(registry.requests.filter((line) => line.startsWith('POST'))).toEqual([])
  })

  async function progressOf(archive: Buffer): Promise<UploadProgress[]> {
    const seen: UploadProgress[] = []
    await client().pushArchive(repository, archiveFrom(archive), (p) => seen.push(p), new AbortController().signal)
    return seen
  }
})

describe('what it cannot take, it names', () => {
  const oci = async (change: (files: Files) => Files) => {
    const manifest = ociManifest(image)
    const index = indexOf(described(OCI.manifest, manifest))
    return tarOf(change({'index.json': index, ...blobsOf(manifest, image.config, ...image.layers)}))
  }
  const layerName = `blobs/sha256/${sha256(image.layers[0] as Buffer).slice(7)}`
  const other = async (architecture: string) => {
    const config = Buffer.from(image.config.toString().replace('amd64', architecture))
    return ociArchive({config, layers: image.layers})
  }

  test.each<[string, () => Promise<Buffer>, RegExp]>([
    ['nothing', async () => Buffer.alloc(0), /empty/],
    ['an empty tar', () => tarOf({}), /empty/],
    ['text', async () => Buffer.from('Error: no such image\n'.repeat(100)), /not a tar/],
    ['a compressed tar', async () => gzipSync(await makeImageArchive({files: {}, command: []})), /not a tar/],
    ['a truncated tar', async () => (await archiveOf(image)).subarray(0, 3000), /ends too early/],
    ['a tar of something else', () => tarOf({'package.json': '{}'}), /neither an index\.json .* nor a manifest\.json/],
    ['an index that is not JSON', () => oci((files) => ({...files, 'index.json': '{'})), /index\.json is not JSON/],
    ['no image', () => oci((files) => ({...files, 'index.json': indexOf()})), /no image/],
    ['a missing layer', () => oci(({[layerName]: _, ...files}) => files), /is missing/],
    ['a changed layer', () => oci((files) => ({...files, [layerName]: 'x'})), /damaged/],
    ['arm64', () => other('arm64'), /for linux\/arm64, dynos are linux\/amd64: .*--platform/],
    [
      'two images',
      async () => {
        const [a, b] = [ociManifest(image), ociManifest({...image, layers: []})]
        return tarOf({
          'index.json': indexOf(described(OCI.manifest, a), described(OCI.manifest, b)),
          ...blobsOf(a, b, image.config, ...image.layers),
        })
      },
      /holds 2 images/,
    ],
    [
      'two images of docker save',
      () =>
        tarOf({
          'manifest.json': JSON.stringify([
            {Config: 'a', Layers: []},
            {Config: 'b', Layers: []},
          ]),
        }),
      /holds 2 images/,
    ],
    [
      'a config of another name',
      () =>
        tarOf({
          [`${'0'.repeat(64)}.json`]: '{}',
          'manifest.json': JSON.stringify([{Config: `${'0'.repeat(64)}.json`, Layers: []}]),
        }),
      /damaged/,
    ],
    [
      'fewer layers than the config names',
      () => ociArchive({config: image.config, layers: []}),
      /has 0 layers, its config names 1/,
    ],
    [
      'a layer that is not the one the config names',
      () => ociArchive({config: image.config, layers: [Buffer.alloc(1024, 1)]}, OCI_TAR),
      /damaged: a layer is not/,
    ],
    [
      'a Windows layer',
      () => ociArchive(image, 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'),
      /may not be distributed/,
    ],
  ])('%s', async (_, archive, words) => {
    const error = await push(await archive()).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ArchiveError)
    expect((error as Error).message).toMatch(words)
    expect(registry.requests).toEqual([])
  })

  test('a tar that names places outside is read without writing there', async () => {
    const manifest = ociManifest(image)
    const pack = tar.pack()
    pack.entry({name: '../../../../tmp/escaped-from-archive'}, 'x')
    pack.entry({name: '/tmp/escaped-from-archive'}, 'x')
    pack.entry({name: 'blobs', type: 'symlink', linkname: '/etc'})
    const files = {
      'index.json': indexOf(described(OCI.manifest, manifest)),
      ...blobsOf(manifest, image.config, ...image.layers),
    }
    for (const [name, content] of Object.entries(files)) pack.entry({name: `./${name}`}, content)
    pack.finalize()
    expect((await push(await buffer(pack))).config).toBe(sha256(image.config))
    expect(await readdir('/tmp')).not.toContain('escaped-from-archive')
  })

  test('links that lead round are a missing file', async () => {
    const pack = tar.pack()
    pack.entry({name: 'manifest.json'}, JSON.stringify([{Config: 'a', Layers: []}]))
    pack.entry({name: 'a', type: 'symlink', linkname: 'b'})
    pack.entry({name: 'b', type: 'symlink', linkname: 'a'})
    pack.finalize()
    await expect(push(await buffer(pack))).rejects.toThrow('a is missing')
  })
})

function client() {
  return createRegistry({host: registry.host, password: PASSWORD})
}

function push(archive: Buffer, chunk?: number) {
  return client().pushArchive(repository, archiveFrom(archive, chunk), () => {}, new AbortController().signal)
}

function stored(): Manifest {
  return JSON.parse(registry.store.manifest(repository, 'latest')?.toString() ?? '') as Manifest
}

function blob(digest: string | undefined): Buffer {
  return readFileSync(registry.store.blobPath(digest ?? ''))
}

/** Really compressed where Node can; elsewhere it has the look of it. */
function zstd() {
  // eslint-disable-next-line n/no-unsupported-features/node-builtins -- we ask whether it is there
  const {zstdCompressSync = () => Buffer.from('28b52ffd', 'hex')} = zlib as {zstdCompressSync?: (tar: Buffer) => Buffer}
  return {config: plain.config, layers: plain.layers.map((layer) => zstdCompressSync(layer))}
}
