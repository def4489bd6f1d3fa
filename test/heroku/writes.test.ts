import {connect, createServer, type Socket} from 'node:net'
import type {AddressInfo} from 'node:net'
import {createServer as createHttpServer} from 'node:http'
import {afterEach, describe, expect, it, vi} from 'vitest'

import {describeError, NotSent, OutcomeUnknown, PlatformError} from '../../src/lib/heroku/errors.js'
import {createPlatform} from '../../src/lib/heroku/platform.js'
import {createSendOnce} from '../../src/lib/heroku/send-once.js'
import {DIGEST, FORMATION, NOT_FOUND, RATE_LIMIT, RELEASE} from './fixtures.js'
import {allOf, countingClock, herokuClient, platformAt, TOKEN} from './heroku-client.js'
import {type Answer, deadAddress, json, startServer} from './local-server.js'

const UPDATES = [{type: 'web', image: DIGEST}]

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

async function serve(...answers: Answer[]) {
  let next = 0
  const server = await startServer((req, res, seen) => answers[Math.min(next++, answers.length - 1)]!(req, res, seen))
  closing.push(server.close)
  return server
}

const failed = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it should fail'),
    (error: unknown) => error,
  )

describe('a write', () => {
  it('releases images in one PATCH of the formation, with the login and the headers of the CLI', async () => {
    vi.stubEnv('HEROKU_HEADERS', '{"X-Trial":"yes"}')
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    vi.stubEnv('HEROKU_HOST', url)
    expect(await platformAt(url).releaseImages('example-app', UPDATES)).toEqual({})
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({method: 'PATCH', path: '/apps/example-app/formation'})
    expect(JSON.parse(seen[0]!.body)).toEqual({updates: [{type: 'web', docker_image: DIGEST}]})
    expect(seen[0]!.headers).toMatchObject({
      accept: 'application/vnd.heroku+json; version=3.docker-releases',
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'user-agent': 'heroku-cli/1.2.3 linux',
    })
  })

  it('sends what HEROKU_HEADERS adds', async () => {
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    herokuClient(url)
    vi.stubEnv('HEROKU_HEADERS', '{"X-Trial":"yes","authorization":"Bearer other"}')
    const {APIClient} = await import('@heroku-cli/command')
    const heroku = new APIClient({version: '1', platform: 'linux'} as never)
    const signal = new AbortController().signal
    await createPlatform({heroku, clock: countingClock(), signal}).releaseImages('example-app', UPDATES)
    expect(seen[0]!.headers).toMatchObject({'x-trial': 'yes', authorization: `Bearer ${TOKEN}`})
  })

  it('hands on the warning that nothing was updated', async () => {
    const warning = 'The process type web was not updated, because it is already running the specified docker image.'
    const {url} = await serve((_, res) => json(res, 200, FORMATION, {'x-heroku-warning': warning}))
    expect(await platformAt(url).releaseImages('example-app', UPDATES)).toEqual({warning})
  })

  it('rolls back by a POST of the release', async () => {
    const {seen, url} = await serve((_, res) =>
      json(res, 201, {...RELEASE, version: 12, description: 'Rollback to v7'}),
    )
    expect(await platformAt(url).rollback('example-app', RELEASE.id)).toMatchObject({
      version: 12,
      description: 'Rollback to v7',
    })
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/apps/example-app/releases',
      body: JSON.stringify({release: RELEASE.id}),
    })
  })

  it('uses the token it was given', async () => {
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    await platformAt(url, {token: 'another-token'}).releaseImages('example-app', UPDATES)
    expect(seen[0]!.headers.authorization).toBe('Bearer another-token')
  })
})

describe('a write whose answer is lost', () => {
  it.each<[string, Answer]>([
    ['the connection is cut after the request', (req) => req.socket.destroy()],
    ['the connection is reset after the request', (req) => req.socket.resetAndDestroy()],
    [
      'the body is cut short',
      (_, res) => {
        res
          .writeHead(200, {'content-type': 'application/json', 'content-length': '1000'})
          .write('[{"id"', () => res.destroy())
      },
    ],
    ['the JSON ends early', (_, res) => res.writeHead(200, {'content-type': 'application/json'}).end('[{"id"')],
    [
      'a gateway gives up in HTML',
      (_, res) => res.writeHead(503, {'content-type': 'text/html'}).end('<html><h1>Bad\ngateway</h1></html>'),
    ],
    ['Heroku has an internal error', (_, res) => json(res, 500, {id: 'internal', message: 'Internal error'})],
    ['nothing is answered in time', () => {}],
    ['the body stalls', (_, res) => void res.writeHead(200, {'content-type': 'application/json'}).write('[')],
  ])('is sent once and its outcome is unknown: %s', async (_, answer) => {
    const {seen, url} = await serve(answer)
    const error = await failed(platformAt(url, {deadlines: {writeMs: 400}}).releaseImages('example-app', UPDATES))
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect(error).toMatchObject({method: 'PATCH', path: '/apps/example-app/formation'})
    expect(seen).toHaveLength(1)
    expect(describeError(error)).toMatch(/^The answer to PATCH \/apps\/example-app\/formation is lost.*: \S[^\n<>]*$/)
    expect(allOf(error)).not.toContain(TOKEN)
  })

  it('is unknown too when a rollback is answered with something else than a release', async () => {
    const {url} = await serve((_, res) => json(res, 201, {}))
    await expect(platformAt(url).rollback('example-app', RELEASE.id)).rejects.toBeInstanceOf(OutcomeUnknown)
  })

  it('is not taken from a connection that the server has just closed', async () => {
    // Keep-alive of a few milliseconds: a client that pools connections would send the second write into a closed one.
    const {seen, url} = await serve((req, res) => {
      res.setHeader('connection', 'keep-alive')
      json(res, 200, FORMATION)
      res.on('close', () => req.socket.destroy())
    })
    const platform = platformAt(url)
    for (let i = 0; i < 10; i++) await platform.releaseImages('example-app', UPDATES)
    expect(seen).toHaveLength(10)
  })
})

describe('a write that is refused', () => {
  it.each([
    [401, {id: 'unauthorized', message: 'Invalid credentials provided.'}],
    [403, {id: 'forbidden', message: 'You do not have access to the app example-app.'}],
    [404, {id: 'not_found', message: "Couldn't find that record."}],
    [409, {id: 'conflict', message: 'A release is in progress.'}],
    [422, {id: 'invalid_params', message: 'docker_image is not a digest'}],
  ])('is definite: %s %j', async (status, body) => {
    const {seen, url} = await serve((_, res) => json(res, status, body))
    const error = await failed(platformAt(url).releaseImages('example-app', UPDATES))
    expect(error).toBeInstanceOf(PlatformError)
    expect(error).toMatchObject({status, id: body.id, said: body.message})
    expect(seen).toHaveLength(1)
  })

  it('does not carry the login to where a redirect points', async () => {
    const elsewhere = await serve((_, res) => json(res, 200, FORMATION))
    const {url} = await serve((_, res) => res.writeHead(307, {location: elsewhere.url}).end())
    await expect(platformAt(url).releaseImages('example-app', UPDATES)).rejects.toMatchObject({status: 307})
    expect(elsewhere.seen).toHaveLength(0)
  })

  it('shows nobody the token that an error page echoes', async () => {
    const {url} = await serve((req, res) => res.writeHead(403).end(`<p>denied: ${req.headers.authorization}</p>`))
    const error = await failed(platformAt(url).releaseImages('example-app', UPDATES))
    expect(allOf(error)).toContain('denied: Bearer ***')
    expect(allOf(error)).not.toContain(TOKEN)
  })

  it('is refused before it is sent when nobody is logged in', async () => {
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    const heroku = herokuClient(url)
    vi.spyOn(heroku, 'getAuth').mockResolvedValue(undefined)
    const error = await failed(platformAt(url, {heroku}).releaseImages('example-app', UPDATES))
    expect(error).toMatchObject({status: 401})
    expect(seen).toHaveLength(0)
  })
})

describe('a write that meets the rate limit', () => {
  it('waits and goes out again: the first one had no effect', async () => {
    const {seen, url} = await serve(
      (_, res) => json(res, 429, RATE_LIMIT),
      (_, res) => json(res, 429, RATE_LIMIT, {'retry-after': '3'}),
      (_, res) => json(res, 200, FORMATION),
    )
    const clock = countingClock()
    const said: string[] = []
    await platformAt(url, {clock, onWait: (text) => said.push(text)}).releaseImages('example-app', UPDATES)
    expect(clock.waits).toEqual([5000, 3000])
    expect(said).toHaveLength(2)
    expect(seen).toHaveLength(3)
  })

  it('is refused when the budget stays empty', async () => {
    const {url} = await serve((_, res) => json(res, 429, RATE_LIMIT, {'ratelimit-remaining': '0'}))
    const error = await failed(platformAt(url).releaseImages('example-app', UPDATES))
    expect(error).toMatchObject({status: 429, rateLimitRemaining: 0})
  })
})

describe('a write that never leaves', () => {
  it('says so when the connection is refused', async () => {
    const host = await deadAddress()
    const error = await failed(platformAt(`http://${host}`).releaseImages('example-app', UPDATES))
    expect(error).toBeInstanceOf(NotSent)
    expect(describeError(error)).toBe(
      `Can't send PATCH /apps/example-app/formation: the connection to ${host} is refused: check the network`,
    )
  })

  it('says so when the name has no address', async () => {
    const error = await failed(platformAt('nowhere.invalid.heroku.com').releaseImages('example-app', UPDATES))
    expect(error).toBeInstanceOf(NotSent)
    expect(describeError(error)).toContain('api.nowhere.invalid.heroku.com')
  })

  it('does not show the token to a host that is not of Heroku', async () => {
    const error = await failed(platformAt('http://localhost.evil.example').releaseImages('example-app', UPDATES))
    expect(error).toBeInstanceOf(NotSent)
    expect(describeError(error)).toContain('localhost.evil.example')
  })

  it('shows such a host only the login that HEROKU_HEADERS holds for it, as the CLI does', async () => {
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    herokuClient('heroku.localhost')
    vi.stubEnv('HEROKU_HEADERS', '{"Authorization":"Bearer for-this-host"}')
    const {APIClient} = await import('@heroku-cli/command')
    const heroku = new APIClient({version: '1', platform: 'linux'} as never)
    const asked: string[] = []
    const send = createSendOnce({
      heroku,
      clock: countingClock(),
      signal: new AbortController().signal,
      deadlineMs: 10_000,
      // The name does not resolve everywhere.
      fetch(there, init) {
        asked.push(String(there))
        return fetch(new URL(new URL(String(there)).pathname, url), init)
      },
    })
    await send({method: 'PATCH', path: '/apps/example-app/formation', variant: '3', body: {}})
    expect(asked).toEqual(['https://api.heroku.localhost/apps/example-app/formation'])
    expect(seen[0]!.headers.authorization).toBe('Bearer for-this-host')
    expect(JSON.stringify(seen)).not.toContain(TOKEN)
  })

  it('does not leave after an interruption', async () => {
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    const signal = AbortSignal.abort(new Error('interrupted'))
    await expect(platformAt(url, {signal}).releaseImages('example-app', UPDATES)).rejects.toThrow('interrupted')
    expect(seen).toHaveLength(0)
  })
})

it('settles a write that is under way when the interruption comes', async () => {
  const controller = new AbortController()
  const {url} = await serve((_, res) => {
    controller.abort(new Error('interrupted'))
    json(res, 200, FORMATION)
  })
  expect(await platformAt(url, {signal: controller.signal}).releaseImages('example-app', UPDATES)).toEqual({})
})

describe('a write through a proxy', () => {
  /** An HTTP proxy that tunnels, or refuses with a status. */
  async function startProxy(refusal?: number) {
    const tunnels: string[] = []
    const sockets = new Set<Socket>()
    const proxy = createHttpServer()
    proxy.on('connect', (req, client: Socket, head: Buffer) => {
      tunnels.push(`${req.url} ${req.headers['proxy-authorization'] ?? ''}`.trim())
      sockets.add(client)
      client.on('error', () => {})
      if (refusal) return void client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
      const {hostname, port} = new URL(`http://${req.url}`)
      const upstream = connect(Number(port || 80), hostname, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.write(head)
        client.pipe(upstream).pipe(client)
      })
      upstream.on('error', () => client.destroy())
      sockets.add(upstream)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    closing.push(async () => {
      for (const socket of sockets) socket.destroy()
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    })
    return {tunnels, host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`}
  }

  it('goes through the one that is named, with its password, as reads do', async () => {
    const {host, tunnels} = await startProxy()
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    const platform = platformAt(url)
    vi.stubEnv('HTTP_PROXY', `http://user:pa55word@${host}`)
    await platform.releaseImages('example-app', UPDATES)
    await platform.formation('example-app')
    expect(seen).toHaveLength(2)
    const login = `Basic ${Buffer.from('user:pa55word').toString('base64')}`
    expect(tunnels).toEqual([`${new URL(url).host} ${login}`, `${new URL(url).host} ${login}`])
  })

  it('goes directly where NO_PROXY says so', async () => {
    const {host, tunnels} = await startProxy()
    const {seen, url} = await serve((_, res) => json(res, 200, FORMATION))
    const platform = platformAt(url)
    vi.stubEnv('HTTP_PROXY', `http://${host}`)
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    await platform.releaseImages('example-app', UPDATES)
    expect(seen).toHaveLength(1)
    expect(tunnels).toEqual([])
  })

  it('was not sent when the proxy refuses, which is named without its password', async () => {
    const {host} = await startProxy(407)
    const {url} = await serve((_, res) => json(res, 200, FORMATION))
    const platform = platformAt(url)
    vi.stubEnv('HTTP_PROXY', `http://user:pa55word@${host}`)
    const error = await failed(platform.releaseImages('example-app', UPDATES))
    expect(error).toBeInstanceOf(NotSent)
    expect(describeError(error)).toContain(`the proxy ${host} refuses`)
    expect(allOf(error)).not.toContain('pa55word')
  })

  it('was not sent when the proxy cannot be reached or is not a URL', async () => {
    const {url} = await serve((_, res) => json(res, 200, FORMATION))
    for (const proxy of [`http://user:pa55word@${await deadAddress()}`, 'user:pa55word@proxy']) {
      const platform = platformAt(url)
      vi.stubEnv('HTTP_PROXY', proxy)
      const error = await failed(platform.releaseImages('example-app', UPDATES))
      expect(error).toBeInstanceOf(NotSent)
      expect(allOf(error)).not.toContain('pa55word')
    }
  })
})

it('counts a peer that does not speak TLS as never sent to', async () => {
  // A plain server answers the TLS greeting with something else.
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .on('data', () => socket.write('HTTP/1.1 400 no TLS here\r\n\r\n', () => socket.destroy())),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => void (await new Promise((resolve) => server.close(resolve))))
  const {port} = server.address() as AddressInfo
  const error = await failed(platformAt(`https://127.0.0.1:${port}`).releaseImages('example-app', UPDATES))
  expect(error).toBeInstanceOf(NotSent)
})

it('names what to do when there is no such app', async () => {
  const {url} = await serve((_, res) => json(res, 404, NOT_FOUND))
  const error = await failed(platformAt(url).rollback('example-app', RELEASE.id))
  expect(describeError(error)).toContain('heroku apps --all')
})
