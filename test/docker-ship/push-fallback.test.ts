import {buffer} from 'node:stream/consumers'

import tar from 'tar-stream'
import {test} from 'vitest'

import {engineAt} from '../docker/rig.js'
import {needs} from '../real/needs.js'
import {tapped} from './engine-between.js'
import {APP, project} from './ship-process.js'
import {imageOf} from './registry-image.js'

const WEB = "require('node:http').createServer((_, res) => res.end()).listen(process.env.PORT)"

/** BuildKit 0.31 makes OCI images by default, and an engine may not know the attribute that asks for schema 2. */
const asOci = (line: string): string =>
  line.replace(encodeURIComponent('"oci-mediatypes":"false"'), encodeURIComponent('"oci-mediatypes":"true"'))

test(
  'an OCI image, which the registry refuses from the engine, is converted and released',
  {timeout: 120_000},
  async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', 'newer-docker')
    const {heroku, host, ship} = await project(ctx, 'newer-docker', {
      Dockerfile: 'FROM scratch\nWORKDIR /app\nCOPY web.cjs .\nCMD ["node", "web.cjs"]\n',
      'web.cjs': WEB,
    })
    const engine = await tapped(ctx, host, asOci)
    const {exit, said} = await ship(['web'], {env: {DOCKER_HOST: engine.host}})
    expect(exit, said).toBe(0)

    // The engine did push, was refused, and its image is OCI.
    expect(heroku.requests.filter(({method, status}) => method === 'PUT' && status === 405)).not.toEqual([])
    expect(said).toMatch(/web \| localhost:\d+ does not take the image as the engine pushes it: converting it/)
    const saved = await savedImage(host, `localhost:${heroku.port}/${APP}/web`)
    expect(saved.mediaType).toBe('application/vnd.oci.image.manifest.v1+json')

    const {digest, mediaType} = await imageOf(heroku, 'web')
    expect(mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json')
    expect(digest).toBe(saved.config.digest)
    expect(await heroku.settled(APP)).toMatchObject({
      images: {web: digest},
      dynos: [{name: 'web.1', state: 'up', code: digest}, {name: 'worker.1'}],
    })
  },
)

/** The manifest of an image as the engine has it. */
async function savedImage(host: string, reference: string): Promise<{mediaType: string; config: {digest: string}}> {
  const stream = await (await engineAt(host)).save(reference, AbortSignal.timeout(30_000))
  const files = new Map<string, Buffer>()
  for await (const entry of stream.pipe(tar.extract())) files.set(entry.header.name, await buffer(entry))
  const json = <T>(name: string) => JSON.parse(files.get(name)!.toString()) as T
  const {manifests} = json<{manifests: [{digest: string}]}>('index.json')
  return json(`blobs/${manifests[0].digest.replace(':', '/')}`)
}
