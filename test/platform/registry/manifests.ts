import {buffer} from 'node:stream/consumers'
import type {Call} from './blobs.js'
import {isDigest, sha256} from './digest.js'
import {SCHEMA2, type Manifest} from './manifest.js'
import {originOf, refuse, reply} from './replies.js'

/** GET and HEAD, by digest or by `latest`, the only tag there is (platform-facts §1.1). */
export function readManifest({store, res, repository}: Call, reference: string): void {
  const raw = store.manifest(repository, reference)
  if (!raw) return refuse(res, 'MANIFEST_UNKNOWN', {Tag: reference})
  const digest = sha256(raw)
  const headers = {'content-type': SCHEMA2.manifest, 'docker-content-digest': digest, etag: `"${digest}"`}
  reply(res, 200, {...headers, 'content-length': raw.length}, raw)
}

/** PUT: only Docker schema 2 as `latest`; everything else is 405 (platform-facts §1.2, §1.3). */
export async function putManifest(call: Call, reference: string): Promise<void> {
  const {store, req, res, repository, name} = call
  const raw = await buffer(req)
  const [type] = (req.headers['content-type'] ?? '').split(';')
  if (type !== SCHEMA2.manifest || reference !== 'latest') return refuse(res, 'UNSUPPORTED')
  const manifest = parseManifest(raw)
  if (!manifest) return refuse(res, 'MANIFEST_INVALID')
  if (!isSchema2(manifest)) return refuse(res, 'UNSUPPORTED')
  const missing = [manifest.config, ...manifest.layers].filter((blob) => !store.hasBlob(repository, blob.digest))
  if (missing.length > 0)
    return refuse(
      res,
      'MANIFEST_BLOB_UNKNOWN',
      undefined,
      missing.map(({digest}) => ({digest})),
    )
  const digest = store.putManifest(repository, raw)
  reply(res, 201, {
    'docker-content-digest': digest,
    location: `${originOf(req)}/v2/${name}/manifests/${digest}`,
  })
}

function isSchema2(manifest: Manifest): boolean {
  return (
    manifest.mediaType === SCHEMA2.manifest &&
    manifest.config.mediaType === SCHEMA2.config &&
    manifest.layers.every((layer) => layer.mediaType === SCHEMA2.layer)
  )
}

function parseManifest(raw: Buffer): Manifest | undefined {
  try {
    const manifest = JSON.parse(raw.toString()) as Manifest
    const blobs = [manifest.config, ...manifest.layers]
    return blobs.every((blob) => isDigest(blob.digest) && Number.isInteger(blob.size)) ? manifest : undefined
  } catch {
    return undefined
  }
}
