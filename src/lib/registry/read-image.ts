import pLimit from 'p-limit'

import type {Client, Question} from './client.js'
import {isDigest, sha256} from './digest.js'
import {RegistryError} from './errors.js'
import {OTHER_MANIFESTS, SCHEMA2} from './media-types.js'
import type {Descriptor, PushedImage} from './types.js'

type Manifest = {schemaVersion?: unknown; mediaType?: unknown; config?: Descriptor; layers?: Descriptor[]}
type Config = {config?: {Cmd?: string[] | null; Entrypoint?: string[] | null}}
type Ask = (question: Question) => ReturnType<Client['ask']>

/** Questions at a time: an image has up to 127 layers, and each question is a round trip. */
const CONCURRENT = 8

/** Reads `latest` and all it points to; every digest is checked. @throws RegistryError when it is no whole schema 2 image */
export async function readImage(ask: Ask, host: string, repository: string): Promise<PushedImage> {
  const about = {operation: `read the image of ${repository}`, repository}
  const wrong = (said: string, codes: string[] = []) => new RegistryError({...about, host, status: 200, codes, said})
  const answer = await ask({
    ...about,
    method: 'GET',
    url: `/v2/${repository}/manifests/latest`,
    headers: {accept: [SCHEMA2.manifest, ...Object.keys(OTHER_MANIFESTS)].join(', ')},
    expect: [200],
  })
  const digest = sha256(answer.body)
  const claimed = answer.headers.get('docker-content-digest') ?? digest
  if (claimed !== digest) throw wrong(`says the manifest is ${claimed}, but sends ${digest}`)
  const manifest = JSON.parse(answer.body.toString()) as Manifest
  const type = String(manifest.mediaType ?? answer.headers.get('content-type') ?? 'of no media type')
  if (type !== SCHEMA2.manifest) throw wrong(`holds ${OTHER_MANIFESTS[type] ?? type}`, ['UNSUPPORTED'])
  const {config, layers} = manifest
  if (!config || !layers || ![config, ...layers].every((blob) => isDigest(blob.digest)))
    throw wrong('sends a damaged manifest')

  const limit = pLimit(CONCURRENT)
  const blob = (method: 'GET' | 'HEAD', digest: string) =>
    limit(() =>
      ask({...about, method, url: `/v2/${repository}/blobs/${digest}`, expect: method === 'HEAD' ? [200, 404] : [200]}),
    )
  const digests = [...new Set(layers.map((layer) => layer.digest))]
  const [read, ...heads] = await Promise.all([
    blob('GET', config.digest),
    ...digests.map((layer) => blob('HEAD', layer)),
  ])
  if (sha256(read.body) !== config.digest) throw wrong(`sends a damaged config ${config.digest}`)
  const lacking = digests.find((_, index) => heads[index]?.status === 404)
  if (lacking) throw wrong(`lacks the layer ${lacking}`)

  const {config: {Cmd, Entrypoint} = {}} = JSON.parse(read.body.toString()) as Config
  const command = [...(Entrypoint ?? []), ...(Cmd ?? [])]
  return {
    repository,
    manifest: digest,
    config: config.digest,
    size: layers.reduce((sum, layer) => sum + layer.size, 0),
    layers: layers.length,
    ...(command.length > 0 ? {command} : {}),
  }
}
