import {setTimeout} from 'node:timers/promises'
import {randomBytes} from 'node:crypto'

import {afterEach, beforeEach, describe, expect, test} from 'vitest'

import {PushRefused} from '../../src/lib/docker/errors.js'
import {errorIn, jsonLines} from '../../src/lib/docker/json-lines.js'
import {readRefusal, splitReference} from '../../src/lib/docker/push.js'
import {fileSync} from '../../src/lib/docker/session/file-sync.js'
import {openSession} from '../../src/lib/docker/session/session.js'
import {connect} from '../../src/lib/docker/transport.js'
import type {PushProgress} from '../../src/lib/docker/types.js'
import {PASSWORD, serveRegistry, type ServedRegistry} from '../platform/registry/serve.js'
import {needs} from '../real/needs.js'
import {build, contextWith, engineAt, engines, removeImages, uniqueName} from './rig.js'

const SCHEMA_2 = 'application/vnd.docker.distribution.manifest.v2+json'

let registry: ServedRegistry
beforeEach(async () => {
  registry = await serveRegistry()
})
afterEach(() => registry.close())

describe.each(engines)('on $engine', ({engine: part, host}) => {
  const auth = () => ({password: PASSWORD, host: registry.host})
  const never = new AbortController().signal

  test('what we build is pushed as Docker schema 2, without a docker login, and its digest is told', async (ctx) => {
    await needs(ctx, part)
    const {engine, image} = await builtImage(['one', 'two'])
    const told: PushProgress[] = []
    const {digest} = await engine.push(image, auth(), (p) => told.push({...p}), never)
    await removeImages(host(), [image])

    const manifest = await fetchManifest(image)
    expect(manifest.headers.get('docker-content-digest')).toBe(digest)
    expect(await manifest.json()).toMatchObject({
      schemaVersion: 2,
      mediaType: SCHEMA_2,
      config: {mediaType: 'application/vnd.docker.container.image.v1+json'},
      layers: [{mediaType: LAYER}, {mediaType: LAYER}],
    })
    const last = told.at(-1)!
    expect(last.done).toBe(last.layers)
    expect(last.current).toBe(last.total)
    expect(last.present).toBe(0)
    expect(told.every(({current, total, done, layers}) => current <= total && done <= layers)).toBe(true)
  })

  test('layers that are there already are told as present', async (ctx) => {
    await needs(ctx, part)
    const {engine, image} = await builtImage(['one'])
    const first = await engine.push(image, auth(), () => {}, never)
    let last: PushProgress | undefined
    const again = await engine.push(image, auth(), (p) => (last = {...p}), never)
    await removeImages(host(), [image])
    expect(again).toEqual(first)
    expect(last).toMatchObject({layers: last?.present, done: last?.present})
    expect(last!.present).toBeGreaterThan(0)
  })

  test.for([
    ['a wrong password', 'example-app/web', 'not the token', 'unauthorized'],
    ['an app that is not there', 'no-such-app/web', PASSWORD, 'unauthorized'],
    ['a name the registry can’t have', 'under_score/web', PASSWORD, 'other'],
  ] as const)('%s is refused with the registry’s words', async ([, repository, password, kind], ctx) => {
    await needs(ctx, part)
    const {engine, image} = await builtImage(['x'], `${registry.host}/${repository}`)
    const refused = await engine
      .push(image, {password, host: registry.host}, () => {}, never)
      .catch((error: unknown) => error)
    await removeImages(host(), [image])
    expect(refused).toBeInstanceOf(PushRefused)
    expect(refused).toMatchObject({kind, registryMessage: expect.stringMatching(/./)})
    expect(String((refused as Error).message)).not.toContain(password)
  })

  test('a manifest the registry refuses is told as unsupported', async (ctx) => {
    await needs(ctx, part)
    const {engine, image} = await builtImage(['x'])
    registry.intercept = (req, res) => {
      if (req.method !== 'PUT' || !req.url?.includes('/manifests/')) return false
      res.writeHead(405, {'content-type': 'application/json'})
      res.end('{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}')
      return true
    }
    const refused = await engine.push(image, auth(), () => {}, never).catch((error: unknown) => error)
    await removeImages(host(), [image])
    expect(refused).toBeInstanceOf(PushRefused)
    expect(refused).toMatchObject({kind: 'unsupported', status: 405})
  })

  test('an image that is not there, and a registry that is not there, are refusals', async (ctx) => {
    await needs(ctx, part)
    const engine = await engineAt(host())
    await expect(engine.push(`${registry.host}/nothing/web`, auth(), () => {}, never)).rejects.toMatchObject({
      kind: 'other',
    })
    const {image} = await builtImage(['x'], 'localhost:1/example-app/web')
    await expect(engine.push(image, auth(), () => {}, never)).rejects.toMatchObject({kind: 'other'})
    await removeImages(host(), [image])
  })

  test('a signal ends a push that hangs', async (ctx) => {
    await needs(ctx, part)
    const {engine, image} = await builtImage(['x'])
    const controller = new AbortController()
    const reason = new Error('stopped by a test')
    registry.intercept = async (req) => {
      if (req.method !== 'POST') return false
      controller.abort(reason)
      await setTimeout(2000)
      return false
    }
    await expect(engine.push(image, auth(), () => {}, controller.signal)).rejects.toBe(reason)
    await removeImages(host(), [image])
  })

  async function builtImage(contents: string[], image = `${registry.host}/${uniqueName()}/web`) {
    const files = contents.map(
      (content, at) => [`file-${at}`, Buffer.concat([Buffer.from(content), randomBytes(300_000)])] as const,
    )
    const copies = files.map(([name]) => `COPY ${name} /\n`).join('')
    const context = await contextWith({
      ...Object.fromEntries(files),
      Dockerfile: `FROM scratch\n${copies}CMD ["/hello"]\n`,
    })
    const engine = await engineAt(host())
    await build(engine, {context, tags: [image]})
    return {engine, image}
  }
})

test('an OCI image in the containerd store is refused in earnest, and told as unsupported', async (ctx) => {
  await needs(ctx, 'newer-docker')
  const host = engines[1].host()
  const image = `${registry.host}/${uniqueName()}/web`
  const context = await contextWith({Dockerfile: 'FROM scratch\nCOPY file /\n', file: 'x'})
  const transport = connect({host, from: 'a test'})
  const session = await openSession(transport, [fileSync({context, dockerfile: context}, () => {})], {sharedKey: image})
  const outputs = JSON.stringify([{Type: 'moby', Attrs: {'oci-mediatypes': 'true'}}])
  const query = {
    version: '2',
    remote: 'client-session',
    session: session.id,
    dockerfile: 'Dockerfile',
    t: image,
    outputs,
  }
  for await (const message of jsonLines(await transport.stream({method: 'POST', path: '/build', query}))) {
    expect(errorIn(message)).toBeUndefined()
  }
  session.close()
  const pushing = (await engineAt(host)).push(
    image,
    {password: PASSWORD, host: registry.host},
    () => {},
    new AbortController().signal,
  )
  await expect(pushing).rejects.toMatchObject({kind: 'unsupported', status: 405})
  await removeImages(host, [image])
})

const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip'

async function fetchManifest(image: string): Promise<Response> {
  const [host, app, type] = image.split('/')
  const authorization = `Basic ${Buffer.from(`_:${PASSWORD}`).toString('base64')}`
  return fetch(`http://${host}/v2/${app}/${type}/manifests/latest`, {headers: {accept: SCHEMA_2, authorization}})
}

// As engines and registries say it (platform-facts §1.2, libraries.md §3).
test.each([
  ['unsupported', 'unsupported', 405],
  ['error from registry: unsupported', 'unsupported', 405],
  ['UNSUPPORTED: The operation is unsupported.', 'unsupported', 405],
  [
    'failed commit on ref "manifest-sha256:1": unexpected status from PUT request to https://r/v2/a/web/manifests/latest: 405 Method Not Allowed',
    'unsupported',
    405,
  ],
  ['unauthorized: authentication required', 'unauthorized', undefined],
  ['no basic auth credentials', 'unauthorized', undefined],
  ['denied: requested access to the resource is denied', 'unauthorized', undefined],
  ['unexpected status from HEAD request to https://r/v2/a/web/blobs/sha256:405: 401 Unauthorized', 'unauthorized', 401],
  ['failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden', 'unauthorized', 403],
  ['error parsing HTTP 400 response body: unexpected end of JSON input: ""', 'other', 400],
  ['received unexpected HTTP status: 500 Internal Server Error', 'other', 500],
  ['Get "https://r/v2/": unsupported protocol scheme', 'other', undefined],
  ['An image does not exist locally with the tag: r/a/web', 'other', undefined],
])('%s', (message, kind, status) => {
  expect(readRefusal(message)).toEqual({kind, ...(status && {status})})
})

test.each([
  ['registry.heroku.com/app/web', 'registry.heroku.com/app/web', 'latest'],
  ['localhost:5000/app/web', 'localhost:5000/app/web', 'latest'],
  ['localhost:5000/app/web:v1', 'localhost:5000/app/web', 'v1'],
])('%s names an image and a tag', (reference, name, tag) => {
  expect(splitReference(reference)).toEqual({name, tag})
})
