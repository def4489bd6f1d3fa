import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {sha256} from './digest.js'
import {makeImage} from './make-image.js'
import {manifestOf, OCI, SCHEMA2, schema2Of} from './manifest.js'
import {PASSWORD, serveRegistry, type ServedRegistry} from './serve.js'

const {config, layers} = await makeImage({files: {'a-file': 'some text'}, command: ['node', 'server.js']})
const [layer] = layers as [Buffer]
const repository = 'example-app/web'

let registry: ServedRegistry
beforeEach(async () => {
  registry = await serveRegistry()
})
afterEach(() => registry.close())

describe('who may', () => {
  test('nobody without a password, and the challenge is Basic', async () => {
    const answer = await fetch(`http://${registry.host}/v2/`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    expect(await answer.json()).toEqual({errors: [{code: 'UNAUTHORIZED', message: 'authentication required'}]})
  })

  test('anyone with the token, whatever the name', async () => {
    for (const user of ['_', '', 'someone@example.com']) {
      const answer = await ask('GET', '/v2/', {headers: {authorization: basic(`${user}:${PASSWORD}`)}})
      expect(answer.status).toBe(200)
    }
  })

  test('an app that is not there looks like one that is not yours', async () => {
    const answer = await ask('GET', '/v2/no-such-app/web/manifests/latest')
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({errors: [{code: 'UNAUTHORIZED', message: 'authentication required'}]})
  })

  test.each(['under_score/web', 'example-app.herokuapp.com/web', 'web', 'a/b/c', 'Example/web'])(
    'the name %s is answered 400 without a body',
    async (name) => {
      const answer = await ask('GET', `/v2/${name}/manifests/latest`)
      expect([answer.status, await answer.text()]).toEqual([400, ''])
    },
  )

  test('an app may be named by its UUID', async () => {
    await registry.close()
    const id = '01234567-89ab-cdef-0123-456789abcdef'
    registry = await serveRegistry({nameOf: (app) => (app === id ? 'example-app' : undefined)})
    await registry.store.seed(repository, {files: {}, command: ['x']})
    expect((await ask('GET', `/v2/${id}/web/manifests/latest`)).status).toBe(200)
  })
})

describe('blobs', () => {
  test('go up at once, in chunks, or in one POST; and come back whole or in part', async () => {
    await upload(layer)
    const start = await ask('POST', `/v2/${repository}/blobs/uploads/`)
    const at = start.headers.get('location') as string
    const first = await ask('PATCH', at, {body: config.subarray(0, 10), headers: {'content-range': '0-9'}})
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-9'])
    expect((await ask('PATCH', at, {body: 'x', headers: {'content-range': '99-99'}})).status).toBe(416)
    expect((await ask('GET', at)).headers.get('range')).toBe('0-9')
    const end = await ask('PUT', `${at}?digest=${sha256(config)}`, {body: config.subarray(10)})
    expect([end.status, end.headers.get('docker-content-digest')]).toEqual([201, sha256(config)])
    const other = Buffer.from('another blob')
    const single = await ask('POST', `/v2/${repository}/blobs/uploads/?digest=${sha256(other)}`, {body: other})
    expect(single.status).toBe(201)

    for (const blob of [layer, config, other]) {
      const back = await ask('GET', blobPath(blob))
      expect(Buffer.from(await back.arrayBuffer())).toEqual(blob)
    }
    const part = await ask('GET', blobPath(config), {headers: {range: 'bytes=5-'}})
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, config.subarray(5)])
    const head = await ask('HEAD', blobPath(config))
    expect(head.headers.get('content-length')).toBe(String(config.length))
    expect((await ask('GET', blobPath(config), {headers: {range: 'bytes=99999-'}})).status).toBe(416)
  })

  test('that are not what their digest says are thrown away', async () => {
    const start = await ask('POST', `/v2/${repository}/blobs/uploads/`)
    const at = start.headers.get('location') as string
    const answer = await ask('PUT', `${at}?digest=${sha256('something else')}`, {body: layer})
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'DIGEST_INVALID'])
    expect((await ask('HEAD', `/v2/${repository}/blobs/${sha256('something else')}`)).status).toBe(404)
    expect(await codeOf(await ask('PUT', `${at}?digest=${sha256(layer)}`, {body: layer}))).toBe('BLOB_UPLOAD_UNKNOWN')
  })

  test.each([
    [true, 201],
    [false, 202],
  ])('of another repository: with mounts %s the answer is %i', async (mounts, status) => {
    await registry.close()
    registry = await serveRegistry({mounts})
    await upload(layer)
    const mount = `/v2/example-app/worker/blobs/uploads/?mount=${sha256(layer)}&from=${repository}`
    const answer = await ask('POST', mount)
    expect(answer.status).toBe(status)
    expect((await ask('HEAD', `/v2/example-app/worker/blobs/${sha256(layer)}`)).status).toBe(mounts ? 200 : 404)
  })

  test('of an app one may not use, or of no repository at all, are not mounted', async () => {
    for (const from of ['no-such-app/web', '../blobs', 'example-app/other']) {
      registry.store.putBlob('no-such-app/web', layer)
      const answer = await ask('POST', `/v2/${repository}/blobs/uploads/?mount=${sha256(layer)}&from=${from}`)
      expect(answer.status).toBe(202)
    }
  })
})

describe('manifests', () => {
  test('schema 2 is stored as latest, and is read back byte by byte under tag and digest', async () => {
    await upload(config)
    await upload(layer)
    const raw = JSON.stringify(schema2Of(config, layers), undefined, 3)
    const put = await putManifest(raw)
    expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, sha256(raw)])
    for (const reference of ['latest', sha256(raw)]) {
      const back = await ask('GET', `/v2/${repository}/manifests/${reference}`)
      expect(back.headers.get('content-type')).toBe(SCHEMA2.manifest)
      expect(await back.text()).toBe(raw)
    }
    expect(registry.store.latest(repository)).toEqual({manifest: sha256(raw), config: sha256(config)})
    expect(registry.store.hasImage('example-app', sha256(config))).toBe(true)
    expect(registry.store.hasImage('other-app', sha256(config))).toBe(false)
    expect(registry.store.imageConfig(sha256(config)).config?.Cmd).toEqual(['node', 'server.js'])
  })

  test.each([
    ['an OCI manifest', () => JSON.stringify(manifestOf(OCI, config, layers)), OCI.manifest, 'latest'],
    ['an OCI index', () => JSON.stringify({schemaVersion: 2, manifests: []}), OCI.index, 'latest'],
    [
      'OCI parts in a schema 2 manifest',
      () => JSON.stringify({...manifestOf(OCI, config, layers), mediaType: SCHEMA2.manifest}),
      SCHEMA2.manifest,
      'latest',
    ],
    ['another tag', () => JSON.stringify(schema2Of(config, layers)), SCHEMA2.manifest, 'v1'],
  ])('%s is refused: 405 UNSUPPORTED without detail', async (_, raw, type, tag) => {
    await upload(config)
    await upload(layer)
    const answer = await putManifest(raw(), type, tag)
    expect(answer.status).toBe(405)
    expect(await answer.json()).toEqual({errors: [{code: 'UNSUPPORTED', message: 'The operation is unsupported.'}]})
    expect(registry.store.latest(repository)).toBeUndefined()
  })

  test('without its blobs it is refused, naming each', async () => {
    await upload(config)
    const answer = await putManifest(JSON.stringify(schema2Of(config, layers)))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      errors: [{code: 'MANIFEST_BLOB_UNKNOWN', detail: {digest: sha256(layer)}}],
    })
  })

  test('that is not there is MANIFEST_UNKNOWN', async () => {
    const answer = await ask('GET', `/v2/${repository}/manifests/latest`)
    expect([answer.status, await codeOf(answer)]).toEqual([404, 'MANIFEST_UNKNOWN'])
  })
})

function ask(method: string, where: string, init: {body?: Buffer | string; headers?: Record<string, string>} = {}) {
  const url = new URL(where, `http://${registry.host}`)
  return fetch(url, {method, ...init, headers: {authorization: basic(`_:${PASSWORD}`), ...init.headers}})
}

function putManifest(raw: string, type: string = SCHEMA2.manifest, tag = 'latest') {
  return ask('PUT', `/v2/${repository}/manifests/${tag}`, {body: raw, headers: {'content-type': type}})
}

async function upload(blob: Buffer): Promise<void> {
  const start = await ask('POST', `/v2/${repository}/blobs/uploads/`)
  const answer = await ask('PUT', `${start.headers.get('location')}?digest=${sha256(blob)}`, {body: blob})
  expect(answer.status).toBe(201)
}

async function codeOf(answer: Response): Promise<string | undefined> {
  return ((await answer.json()) as {errors: Array<{code: string}>}).errors[0]?.code
}

function blobPath(blob: Buffer): string {
  return `/v2/${repository}/blobs/${sha256(blob)}`
}

function basic(pair: string): string {
  return 'Basic ' + Buffer.from(pair).toString('base64')
}
