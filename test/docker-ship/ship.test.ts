import {readdir, readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

import {describe, test} from 'vitest'

import type {LocalHeroku} from '../platform/index.js'
import {needs} from '../real/needs.js'
import {tapped} from './engine-between.js'
import {APP, project} from './ship-process.js'
import {imageOf} from './registry-image.js'

const hello = fileURLToPath(new URL('../../examples/hello/', import.meta.url))
const FLAGS = ['web', 'worker', '--arg', 'BASE=scratch']

describe.concurrent.each(['docker', 'newer-docker'] as const)('on %s', (part) => {
  test(
    'examples/hello is shipped; then there is nothing to ship; then one line is',
    {timeout: 120_000},
    async (ctx) => {
      const {expect} = ctx
      await needs(ctx, 'heroku-cli', part)
      const {folder, heroku, ship} = await project(ctx, part, await filesOf(hello))

      const first = await ship(FLAGS)
      expect(first.exit, first.said).toBe(0)
      expect(first.stdout).toMatch(/^Shipped web \(\w{12}\) and worker \(\w{12}\): example-app runs v4\.$/m)
      const [web, worker] = await Promise.all([imageOf(heroku, 'web'), imageOf(heroku, 'worker')])
      for (const {mediaType} of [web, worker])
        expect(mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json')
      expect(await heroku.settled(APP)).toMatchObject({
        images: {web: web.digest, worker: worker.digest},
        dynos: [
          {name: 'web.1', state: 'up', code: web.digest},
          {name: 'worker.1', state: 'up', code: worker.digest},
        ],
      })
      expect(await answer(heroku)).toBe('Hello from a dyno\n')

      const world = heroku.world(APP)
      const asked = heroku.requests.length
      const [again, required] = [await ship(FLAGS), await ship([...FLAGS, '--require-release'])]
      expect([again.exit, required.exit], again.said + required.said).toEqual([0, 5])
      expect(again.stdout).toMatch(/^Nothing to ship: example-app already runs these images as v4/m)
      expect(
        heroku.requests.slice(asked).filter(({method, path}) => method === 'PATCH' && !path.startsWith('/v2/')),
      ).toEqual([])
      expect(heroku.world(APP)).toEqual(world)

      const server = path.join(folder, 'server.js')
      await writeFile(server, (await readFile(server, 'utf8')).replace('from a dyno', 'again'))
      const sent = heroku.requests.length
      const changed = await ship(FLAGS)
      expect(changed.exit, changed.said).toBe(0)
      expect(await answer(heroku)).toBe('Hello again\n')
      const {layers} = await imageOf(heroku, 'web')
      const unchanged = layers.filter((layer) => web.layers.includes(layer))
      expect(unchanged).not.toEqual([])
      const uploads = uploadsIn(heroku.requests.slice(sent))
      for (const layer of layers) expect(uploads.includes(layer), layer).toBe(!unchanged.includes(layer))
    },
  )

  test('one Dockerfile for two process types is built once', {timeout: 120_000}, async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', part)
    const app = "require('node:http').createServer((_, res) => res.end()).listen(process.env.PORT || 0)"
    const {heroku, host, ship} = await project(ctx, part, {
      Dockerfile: 'FROM scratch\nWORKDIR /app\nCOPY app.cjs .\nCMD ["node", "app.cjs"]\n',
      'app.cjs': app,
    })
    const engine = await tapped(ctx, host)
    const {exit, said} = await ship(['web', 'worker'], {env: {DOCKER_HOST: engine.host}})
    expect(exit, said).toBe(0)
    expect(engine.asked.filter((line) => line.startsWith('POST /build'))).toHaveLength(1)
    expect(engine.asked.filter((line) => /^POST \/images\/\S+\/push/.test(line))).toHaveLength(2)
    const {digest} = await imageOf(heroku, 'web')
    expect(await imageOf(heroku, 'worker')).toMatchObject({digest})
    expect(heroku.world(APP).images).toEqual({web: digest, worker: digest})
  })
})

const filesOf = async (folder: string): Promise<Record<string, Buffer>> =>
  Object.fromEntries(
    await Promise.all((await readdir(folder)).map(async (name) => [name, await readFile(folder + name)])),
  )

async function answer({apiKey, url}: LocalHeroku): Promise<string> {
  const headers = {accept: 'application/vnd.heroku+json; version=3', authorization: `Bearer ${apiKey}`}
  const app = (await (await fetch(`${url}/apps/${APP}`, {headers})).json()) as {web_url: string}
  return (await fetch(app.web_url)).text()
}

/** Digests of the blobs that a client uploaded. */
const uploadsIn = (requests: LocalHeroku['requests']): string[] =>
  requests.flatMap(({method, path}) => {
    const digest = new URLSearchParams(path.split('?')[1]).get('digest')
    return method === 'PUT' && path.includes('/blobs/uploads/') && digest ? [digest] : []
  })
