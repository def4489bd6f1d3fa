import {afterEach, describe, expect, it, vi} from 'vitest'

import {describeError, Unreadable} from '../../src/lib/heroku/errors.js'
import {APP} from './fixtures.js'
import {allOf, countingClock, platformAt, TOKEN} from './heroku-client.js'
import {type Answer, deadAddress, json, startServer} from './local-server.js'

let server: Awaited<ReturnType<typeof startServer>> | undefined

afterEach(async () => {
  vi.unstubAllEnvs()
  await server?.close()
  server = undefined
})

/** Answers with these, one after the other; the last one again and again. */
async function serve(...answers: Answer[]) {
  let next = 0
  server = await startServer((req, res, seen) => answers[Math.min(next++, answers.length - 1)]!(req, res, seen))
  return server
}

const app: Answer = (_, res) => json(res, 200, APP)

describe('a read over a bad connection', () => {
  it('is repeated when the body is cut short', async () => {
    const {seen, url} = await serve((_, res) => {
      res.writeHead(200, {'content-type': 'application/json', 'content-length': '1000'})
      res.write('{"id":"0123', () => res.destroy())
    }, app)
    expect(await platformAt(url).app('example-app')).toMatchObject({name: 'example-app'})
    expect(seen).toHaveLength(2)
  })

  it('is repeated when the JSON ends early', async () => {
    const {url} = await serve(
      (_, res) => res.writeHead(200, {'content-type': 'application/json'}).end('{"id":"0123'),
      app,
    )
    expect(await platformAt(url).app('example-app')).toMatchObject({name: 'example-app'})
  })

  it('is repeated when the body stalls', async () => {
    const {url} = await serve((_, res) => {
      res.writeHead(200, {'content-type': 'application/json'}).write('{"id":')
    }, app)
    expect(await platformAt(url, {deadlines: {readMs: 300}}).app('example-app')).toMatchObject({name: 'example-app'})
  })

  it('is repeated when the body of a refusal stalls', async () => {
    const {url} = await serve((_, res) => {
      res.writeHead(503, {'content-type': 'text/html'}).write('<html>')
    }, app)
    expect(await platformAt(url, {deadlines: {readMs: 300}}).app('example-app')).toMatchObject({name: 'example-app'})
  })

  it('is given up when nothing is ever answered, naming the host', async () => {
    const {host, seen, url} = await serve(() => {})
    const error = await platformAt(url, {deadlines: {readMs: 200}})
      .app('example-app')
      .catch((error_: unknown) => error_)
    expect(error).toBeInstanceOf(Unreadable)
    expect(describeError(error)).toBe(`Can't read /apps/example-app from Heroku: ${host} did not answer in time`)
    expect(seen).toHaveLength(4)
    expect(allOf(error)).not.toContain(TOKEN)
  })

  it('keeps characters whole that arrive in pieces', async () => {
    const email = `${'é'.repeat(50)}@example.com`
    const {url} = await serve(async (_, res) => {
      const bytes = Buffer.from(JSON.stringify({id: '1', email}))
      res.writeHead(200, {'content-type': 'application/json'})
      for (let start = 0; start < bytes.length; start += 7) {
        await new Promise((resolve) => res.write(bytes.subarray(start, start + 7), resolve))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }

      res.end()
    })
    expect(await platformAt(url).account()).toEqual({email})
  })

  it('names the address that refuses the connection', async () => {
    const host = await deadAddress()
    const error = await platformAt(`http://${host}`)
      .app('example-app')
      .catch((error_: unknown) => error_)
    expect(describeError(error)).toBe(
      `Can't read /apps/example-app from Heroku: the connection to ${host} is refused: check the network`,
    )
  })
})

describe('an interrupted read', () => {
  it('ends at once with the reason, although the server never answers', async () => {
    const controller = new AbortController()
    const {url} = await serve(() => controller.abort(new Error('interrupted by SIGINT')))
    await expect(platformAt(url, {signal: controller.signal}).app('example-app')).rejects.toThrow(
      'interrupted by SIGINT',
    )
  })

  it('ends while it waits for its next attempt', async () => {
    const controller = new AbortController()
    const {url} = await serve((_, res) => json(res, 429, {id: 'rate_limit', message: 'slow down'}))
    const clock = {
      now: () => Date.now(),
      async sleep(_: number, signal?: AbortSignal) {
        controller.abort(new Error('interrupted by SIGINT'))
        signal?.throwIfAborted()
      },
    }
    await expect(platformAt(url, {clock, signal: controller.signal}).app('example-app')).rejects.toThrow(
      'interrupted by SIGINT',
    )
  })
})

it('asks at most eight things at a time', async () => {
  let open = 0
  let most = 0
  const {url} = await serve((_, res) => {
    most = Math.max(most, ++open)
    setTimeout(() => {
      open--
      json(res, 200, APP)
    }, 10)
  })
  const platform = platformAt(url, {clock: countingClock()})
  await Promise.all(Array.from({length: 30}, () => platform.app('example-app')))
  expect(most).toBe(8)
})
