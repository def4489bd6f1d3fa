import {chmod, writeFile} from 'node:fs/promises'
import {createServer, type RequestListener} from 'node:http'
import path from 'node:path'

import {describe, test, type TestContext} from 'vitest'

import {herokuNode} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {APP, project, type Project} from './ship-process.js'

type Case = {
  what: string
  /** Prepares the socket, and returns the node that is to run the CLI when it must be another one. */
  given(ctx: TestContext, socket: string, folder: string): Promise<string | undefined>
  says: RegExp
  fix: RegExp
}

const cases: Case[] = [
  {
    what: 'there is no socket',
    given: async () => undefined,
    says: /Can't build with Docker at unix:\S+: there is no socket \(DOCKER_HOST\): Docker is not running or not installed/,
    fix: /Start Docker, or install it .*or change DOCKER_HOST/,
  },
  {
    what: 'the socket may not be used',
    async given(ctx, socket, folder) {
      await engineSaying(ctx, socket, (_, res) => res.end())
      await chmod(socket, 0o000)
      return withoutPrivilege(folder)
    },
    says: /this user may not use the socket/,
    fix: /sudo usermod -aG docker/,
  },
  {
    what: 'Podman answers, which takes no BuildKit session',
    async given(ctx, socket) {
      const version = {Version: '5.4.2', ApiVersion: '1.41', Os: 'linux', Components: [{Name: 'Podman Engine'}]}
      await engineSaying(ctx, socket, ({url}, res) => {
        if (url === '/_ping') return res.end('OK')
        if (url === '/version') return res.end(JSON.stringify(version))
        if (url === '/info') return res.end('{}')
        return res.writeHead(404).end('{"message":"Not Found"}')
      })
      return undefined
    },
    says: /Podman 5\.4\.2 answers, but cannot take a BuildKit session \(HTTP 404\)/,
    fix: /Install Docker Engine 20\.10 or newer/,
  },
]

describe.concurrent('Docker is of no use', () => {
  test.for(cases)('$what: exit 3, with all other reasons', {timeout: 120_000}, async ({fix, given, says}, ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli')
    const {heroku, folder, ship} = await project(ctx, undefined, {})
    await inMaintenance(heroku)
    const world = heroku.world(APP)
    const socket = path.join(folder, 'docker.sock')
    const nodeBinary = await given(ctx, socket, folder)
    const options = {env: {DOCKER_HOST: `unix://${socket}`}, ...(nodeBinary ? {nodeBinary} : {})}
    const {exit, stdout, said} = await ship(['--json'], options)
    expect(exit, said).toBe(3)
    const {reasons} = JSON.parse(stdout) as {reasons: unknown}
    expect(reasons).toEqual([
      {message: expect.stringMatching(/Maintenance mode of example-app is on/), fix: expect.any(String)},
      {message: expect.stringMatching(says), fix: expect.stringMatching(fix)},
      {message: 'There is no Dockerfile here.', fix: expect.any(String)},
    ])
    expect(heroku.world(APP)).toEqual(world)
  })
})

async function engineSaying(ctx: TestContext, socket: string, answer: RequestListener): Promise<void> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  ctx.onTestFinished(() => void server.close().closeAllConnections())
}

/** Root may use any socket, unless it is run without that capability; nobody else may use one with mode 000. */
async function withoutPrivilege(folder: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const node = path.join(folder, 'node')
  const drop = 'setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search'
  await writeFile(node, `#!/bin/sh\nexec ${drop} '${await herokuNode()}' "$@"\n`, {mode: 0o755})
  return node
}

async function inMaintenance({apiKey, url}: Project['heroku']): Promise<void> {
  const headers = {
    accept: 'application/vnd.heroku+json; version=3',
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/json',
  }
  const answer = await fetch(`${url}/apps/${APP}`, {method: 'PATCH', headers, body: '{"maintenance":true}'})
  if (!answer.ok) throw new Error(`maintenance: ${answer.status}`)
}
