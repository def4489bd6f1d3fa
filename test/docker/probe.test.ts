import {chmod} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import type {Duplex} from 'node:stream'

import {afterEach, describe, expect, test} from 'vitest'

import {DockerUnavailable} from '../../src/lib/docker/errors.js'
import {needs} from '../real/needs.js'
import {engineAt, engines, tempFolder} from './rig.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

test.for(engines)('$engine answers, takes a session, and tells its image store', async ({engine: part, host}, ctx) => {
  await needs(ctx, part)
  const facts = await (await engineAt(host())).probe()
  expect(facts).toMatchObject({endpoint: host(), from: 'DOCKER_HOST', version: expect.stringMatching(/^\d+\./)})
  expect(facts.containerdStore).toBe(part === 'newer-docker')
})

describe('what is in the way is said, with what to do', () => {
  test('no socket', async () => {
    const host = `unix://${path.join(await tempFolder(), 'docker.sock')}`
    expect(await refusal(host)).toMatchObject({
      endpoint: host,
      reason: expect.stringMatching(/no socket/),
      advice: expect.stringMatching(/Start Docker.*DOCKER_HOST/),
    })
  })

  test('a port where nothing listens', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, resolve))
    const {port} = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await refusal(`tcp://localhost:${port}`)).toMatchObject({reason: expect.stringMatching(/nothing listens/)})
  })

  test('a socket this user may not use', async (ctx) => {
    await needs(ctx, 'root')
    const host = await engineSaying({})
    await chmod(host.replace('unix://', ''), 0o600)
    await chmod(path.dirname(host.replace('unix://', '')), 0o755)
    process.seteuid!(65_534)
    const failure = await refusal(host).finally(() => process.seteuid!(0))
    expect(failure).toMatchObject({
      reason: expect.stringMatching(/may not use/),
      advice: expect.stringMatching(/usermod -aG docker/),
    })
  })

  test('an engine without sessions is named: Podman', async () => {
    const host = await engineSaying({
      Version: '5.4.2',
      ApiVersion: '1.41',
      Os: 'linux',
      Components: [{Name: 'Podman Engine'}],
    })
    expect(await refusal(host)).toMatchObject({
      reason: expect.stringMatching(/Podman 5\.4\.2 .*BuildKit session.*404/),
      advice: expect.stringMatching(/Install Docker Engine/),
    })
  })

  test.each([
    ['old', {Version: '18.06.0', ApiVersion: '1.38', Os: 'linux'}, /18\.06\.0 \(API 1\.38\) is too old/],
    ['Windows containers', {Version: '28.0.0', ApiVersion: '1.48', Os: 'windows'}, /Windows containers/],
    ['no engine at all', {}, /too old/],
  ])('%s', async (_, version, reason) => {
    expect(await refusal(await engineSaying(version))).toMatchObject({reason: expect.stringMatching(reason)})
  })

  test('a session that opens and falls silent, or closes at once', async () => {
    const version = {Version: '28.0.0', ApiVersion: '1.48', Os: 'linux'}
    const closing = await engineSaying(version, (socket) => socket.end())
    expect(await refusal(closing)).toMatchObject({reason: expect.stringMatching(/closed the session/)})
    const silent = await engineSaying(version, () => {})
    expect(await refusal(silent)).toMatchObject({reason: expect.stringMatching(/does not speak/)})
  })
})

async function refusal(host: string): Promise<DockerUnavailable> {
  const failure = await (await engineAt(host)).probe().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(DockerUnavailable)
  return failure as DockerUnavailable
}

/** A server that answers who it is as an engine would, and 404 to the rest. */
async function engineSaying(version: object, onSession?: (socket: Duplex) => void): Promise<string> {
  const server = createServer((req, res) => {
    if (req.url === '/version') return res.end(JSON.stringify(version))
    if (req.url === '/info') return res.end('{}')
    return res.writeHead(404).end('{"message":"Not Found"}')
  })
  if (onSession) {
    server.on('upgrade', (_, socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
      onSession(socket)
    })
  }
  servers.push(server)
  const file = path.join(await tempFolder(), 'docker.sock')
  await new Promise<void>((resolve) => server.listen(file, resolve))
  return `unix://${file}`
}
