import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {buffer} from 'node:stream/consumers'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {RegistryError} from '../../src/lib/registry/errors.js'
import {createRegistry} from '../../src/lib/registry/registry.js'
import {type Clock, systemClock} from '../../src/lib/run/clock.js'
import {sha256} from '../platform/registry/digest.js'
import {archiveOf, makeImage, makeImageArchive} from '../platform/registry/make-image.js'
import {manifestOf, OCI} from '../platform/registry/manifest.js'
import {PASSWORD, type ServedRegistry, serveRegistry} from '../platform/registry/serve.js'
import {archiveFrom} from './archives.js'

const repository = 'example-app/web'
const noise = Buffer.from(Array.from({length: 3_000_000}, (_, i) => (i * i * 31 + (i >> 3)) & 255))
const image = await makeImage({files: {noise}, command: ['node', 'server.js'], entrypoint: ['/entry']})
const archive = await archiveOf(image)

/** Waits pass a hundred times as fast; the time they take is the machine's. */
const quick: Clock = {
  now: () => systemClock.now() * 100,
  sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
}

let registry: ServedRegistry
const others: Server[] = []
beforeEach(async () => {
  registry = await serveRegistry()
})
afterEach(async () => {
  await registry.close()
  for (const server of others.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

describe('an image is read back', () => {
  test('with its size, layers and what a dyno runs', async () => {
    const {config, manifest} = await registry.store.seed(repository, archive)
    const size = image.layers[0]?.length
    const command = ['/entry', 'node', 'server.js']
    expect(await client().readImage(repository)).toEqual({repository, manifest, config, size, layers: 1, command})
  })

  test('without a command when it has none', async () => {
    await registry.store.seed(repository, await makeImageArchive({files: {}, command: []}))
    expect(await client().readImage(repository)).not.toHaveProperty('command')
  })

  test('when nothing was pushed the error says so', async () => {
    const error = await failure(client().readImage(repository))
    expect(error).toMatchObject({status: 404, codes: ['MANIFEST_UNKNOWN'], repository})
    expect(error.message).toContain(`No image has been pushed to ${repository} yet`)
  })

  test.each<[string, (raw: Buffer) => Buffer | string, string | undefined, RegExp]>([
    [
      'an OCI manifest',
      () => JSON.stringify(manifestOf(OCI, image.config, image.layers)),
      OCI.manifest,
      /holds an OCI manifest.*schema 2/,
    ],
    [
      'an index',
      () => JSON.stringify({schemaVersion: 2, mediaType: OCI.index, manifests: []}),
      OCI.index,
      /holds an OCI index/,
    ],
    ['a manifest with other bytes than its digest', (raw) => raw + ' ', undefined, /but sends/],
    [
      'nonsense',
      () => '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json"}',
      undefined,
      /damaged manifest/,
    ],
  ])('%s is refused', async (_, change, type, words) => {
    const {manifest} = await registry.store.seed(repository, archive)
    const raw = change(registry.store.manifest(repository, 'latest') as Buffer)
    registry.intercept = (req, res) => {
      if (!req.url?.includes('/manifests/')) return false
      const digest = type || String(raw).length < 200 ? sha256(Buffer.from(raw)) : manifest
      return end(res, 200, raw, {'content-type': type ?? 'text/plain', 'docker-content-digest': digest})
    }
    expect((await failure(client().readImage(repository))).message).toMatch(words)
  })

  test('a damaged config and a missing layer are found', async () => {
    await registry.store.seed(repository, archive)
    registry.intercept = (req, res) =>
      req.method === 'GET' && Boolean(req.url?.includes('/blobs/')) && end(res, 200, '{}')
    expect((await failure(client().readImage(repository))).message).toContain('damaged config')
    registry.intercept = (req, res) => req.method === 'HEAD' && end(res, 404)
    expect((await failure(client().readImage(repository))).message).toContain('lacks the layer')
  })
})

describe('what passes is waited for', () => {
  test('an upload cut in the middle is begun anew, and the image arrives whole', async () => {
    let cuts = 2
    registry.intercept = async (req) => {
      if (req.method !== 'PUT' || !req.url?.includes('/uploads/') || cuts === 0) return false
      let seen = 0
      for await (const chunk of req.iterator({destroyOnReturn: false})) {
        seen += (chunk as Buffer).length
        if (seen > 100_000) break
      }
      cuts -= 1
      req.socket.destroy()
      return true
    }
    const pushed = await push()
    expect(cuts).toBe(0)
    expect(pushed.config).toBe(sha256(image.config))
    expect(registry.store.latest(repository)?.config).toBe(pushed.config)
  })

  test('an upload whose answer is lost is not sent again', async () => {
    const {host} = registry
    let lost = 0
    registry.intercept = async (req, res) => {
      if (req.method !== 'PUT' || lost > 0) return false
      lost += 1
      // It takes effect, then the line breaks.
      const digest = new URL(req.url ?? '', `http://${host}`).searchParams.get('digest')
      const id = /uploads\/([^?]+)/.exec(req.url ?? '')?.[1] ?? ''
      const {createWriteStream} = await import('node:fs')
      const {pipeline} = await import('node:stream/promises')
      await pipeline(req, createWriteStream(registry.store.uploadPath(id)))
      await registry.store.commitUpload(repository, id, digest ?? '')
      res.destroy()
      return true
    }
    await push()
    expect(lost).toBe(1)
    expect(registry.requests.filter((line) => line.startsWith('PUT') && line.includes('uploads'))).toHaveLength(2)
  })

  test.each([500, 502, 503, 429])('%i is tried again, for every kind of request', async (status) => {
    const seen = new Set<string>()
    registry.intercept = (req, res) => {
      const kind = `${req.method} ${req.url?.replace(/sha256:\w+|[\da-f-]{36}.*/, '')}`
      if (seen.has(kind)) return false
      seen.add(kind)
      return end(res, status, '<html>try later</html>')
    }
    expect((await push()).config).toBe(sha256(image.config))
    expect([...seen].map((kind) => kind.split(' ')[0])).toEqual(expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT']))
  })

  test('trouble that stays is told after five tries', async () => {
    registry.intercept = (_, res) => end(res, 500, 'oops')
    const error = await failure(client().readImage(repository))
    expect(registry.requests).toHaveLength(5)
    expect(error).toMatchObject({status: 500})
    expect(error.message).toContain('https://status.heroku.com')
  })

  test('a registry that says nothing is given up in its time', async () => {
    registry.intercept = () => true
    const error = await failure(client().readImage(repository))
    expect(error.message).toContain('does not answer (nothing has moved for 30 s)')
  })

  test('a registry that is not there is named', async () => {
    const gone = await serveRegistry()
    await gone.close()
    const error = await failure(
      createRegistry({host: gone.host, password: PASSWORD, clock: quick}).readImage(repository),
    )
    expect(error.message).toContain(`${gone.host} does not answer (ECONNREFUSED). Check the network`)
  })

  test('an abort ends all at once, with its reason', async () => {
    const gone = new AbortController()
    registry.intercept = (req) => {
      if (req.method !== 'PUT') return false
      gone.abort(new Error('the user pressed Ctrl-C'))
      return true
    }
    const own = createRegistry({host: registry.host, password: PASSWORD})
    await expect(own.pushArchive(repository, archiveFrom(archive), () => {}, gone.signal)).rejects.toThrow('Ctrl-C')
    const whole = createRegistry({host: registry.host, password: PASSWORD, signal: gone.signal})
    await expect(whole.readImage(repository)).rejects.toThrow('Ctrl-C')
  })
})

describe('what is refused is refused once, with advice', () => {
  test.each<[string, string, number, RegExp]>([
    [
      'no-such-app/web',
      PASSWORD,
      401,
      /(HTTP 401|UNAUTHORIZED).*no app no-such-app.*heroku apps:info --app no-such-app/,
    ],
    [repository, 'a-wrong-password', 401, /token has expired.*heroku whoami/],
    ['under_score/web', PASSWORD, 400, /under_score\/web is no name Heroku knows/],
  ])('%s with %s', async (name, password, status, words) => {
    const own = createRegistry({host: registry.host, password, clock: quick})
    for (const work of [
      () => own.readImage(name),
      () => own.pushArchive(name, archiveFrom(archive), () => {}, new AbortController().signal),
    ]) {
      const error = await failure(work())
      expect(error).toMatchObject({status, repository: name})
      expect(error.message).toMatch(words)
      expect(everythingIn(error)).not.toContain(password)
    }
    expect(new Set(registry.requests).size).toBe(registry.requests.length)
  })

  test('a 405 says what to build', async () => {
    registry.intercept = (req, res) =>
      req.method === 'PUT' &&
      Boolean(req.url?.includes('/manifests/')) &&
      end(res, 405, '{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}')
    const error = await failure(push())
    expect(error).toMatchObject({status: 405, codes: ['UNSUPPORTED']})
    expect(error.message).toMatch(/--provenance=false --sbom=false/)
  })

  test('a registry that repeats the password does not make us repeat it', async () => {
    registry.intercept = (_, res) =>
      end(res, 403, JSON.stringify({errors: [{code: 'DENIED', message: `bad token ${PASSWORD}`}]}))
    const error = await failure(client().readImage(repository))
    expect(error.message).toContain('bad token [token]')
    expect(everythingIn(error)).not.toContain(PASSWORD)
  })

  test('somebody else’s push between ours and our look at it', async () => {
    registry.intercept = async (req) => {
      if (req.method === 'GET' && req.url?.includes('/manifests/'))
        await registry.store.seed(repository, await makeImageArchive({files: {theirs: 'x'}, command: ['x']}))
      return false
    }
    expect((await failure(push())).message).toContain('somebody else pushed too')
  })
})

describe('credentials', () => {
  test('never go to another host: not by a redirect, not by a Location', async () => {
    const foreign = await other(async (req, res) => {
      await buffer(req)
      return end(res, req.method === 'GET' ? 200 : 201, image.config)
    })
    await registry.store.seed(repository, archive)
    registry.intercept = (req, res) =>
      req.method === 'GET' &&
      Boolean(req.url?.includes('/blobs/')) &&
      end(res, 307, '', {location: `http://${foreign.host}/blob`})
    const error = await failure(client().readImage(repository))
    expect(error.message).toContain('which is not https')
    expect(foreign.seen).toEqual([])

    await registry.close()
    registry = await serveRegistry()
    registry.intercept = (req, res) =>
      req.method === 'POST' && end(res, 202, '', {location: `http://${foreign.host}/upload`})
    expect((await failure(push())).message).toContain('which is not https')
    expect(foreign.seen).toEqual([])
  })

  test('nor to a proxy, whose own password is not told either', async () => {
    const proxy = createServer().on('connect', (req, socket) => {
      seen.push(JSON.stringify(req.headers))
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    })
    const seen: string[] = []
    others.push(proxy)
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    vi.stubEnv('HTTPS_PROXY', `http://someone:a-proxy-password@127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    const far = createRegistry({host: 'registry.example.com', password: PASSWORD, clock: quick})
    vi.unstubAllEnvs()
    const error = await failure(far.readImage(repository))
    expect(error.message).toContain('registry.example.com does not answer')
    expect(everythingIn(error)).not.toMatch(/a-proxy-password|the-token/)
    expect(seen).toHaveLength(5)
    expect(seen.join('\n')).not.toContain(Buffer.from(`_:${PASSWORD}`).toString('base64'))
  })

  test('a redirect on the same host keeps them, one without end is ended', async () => {
    await registry.store.seed(repository, archive)
    let hops = 0
    registry.intercept = (req, res) => {
      if (req.method !== 'GET' || !req.url?.includes('/blobs/') || hops > 0) return false
      hops += 1
      return end(res, 307, '', {location: req.url})
    }
    await client().readImage(repository)
    registry.intercept = (req, res) => end(res, 307, '', {location: req.url ?? ''})
    expect((await failure(client().readImage(repository))).message).toContain('redirects without end')
  })

  test('Bearer: the password goes to a token service of the same host only', async () => {
    const tokens = await other((req, res) =>
      end(res, 200, '{"token":"a-short-lived-token"}', {'content-type': 'application/json', 'x-for': req.url ?? ''}),
    )
    await registry.store.seed(repository, archive)
    for (const own of [true, false]) {
      const asked: IncomingMessage[] = []
      registry.intercept = (req, res) => {
        if (req.url?.startsWith('/token')) {
          asked.push(req)
          return end(res, 200, '{"access_token":"a-short-lived-token"}')
        }
        if (req.headers.authorization === 'Bearer a-short-lived-token') {
          req.headers.authorization = 'Basic ' + Buffer.from(`_:${PASSWORD}`).toString('base64')
          return false
        }
        const realm = `http://${own ? registry.host : tokens.host}/token`
        return end(res, 401, '{}', {'www-authenticate': `Bearer realm="${realm}",service="reg"`})
      }
      expect((await client().readImage(repository)).repository).toBe(repository)
      const [first] = own ? asked : tokens.seen
      expect(first?.url).toBe('/token?service=reg&scope=repository%3Aexample-app%2Fweb%3Apull')
      expect(first?.headers.authorization !== undefined).toBe(own)
    }
  })
})

function client(clock: Clock = quick) {
  return createRegistry({host: registry.host, password: PASSWORD, clock})
}

function push() {
  return client().pushArchive(repository, archiveFrom(archive), () => {}, new AbortController().signal)
}

async function failure(work: Promise<unknown>): Promise<RegistryError> {
  const error = await work.then(
    () => new Error('it should have failed'),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(RegistryError)
  return error as RegistryError
}

/** What anybody could print of an error: its own properties, its stack and its causes. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.stack, JSON.stringify({...error}), everythingIn(error.cause)].join('\n')
}

/** A server that is not the registry. */
async function other(answer: (req: IncomingMessage, res: ServerResponse) => unknown) {
  const seen: IncomingMessage[] = []
  const server = createServer((req, res) => {
    seen.push(req)
    void answer(req, res)
  })
  others.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen}
}

function end(
  res: ServerResponse,
  status: number,
  body: Buffer | string = '',
  headers: Record<string, string> = {},
): true {
  res.writeHead(status, headers).end(body)
  return true
}
