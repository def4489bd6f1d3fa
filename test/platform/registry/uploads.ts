import {createWriteStream} from 'node:fs'
import {pipeline} from 'node:stream/promises'
import type {Call} from './blobs.js'
import {isDigest} from './digest.js'
import {originOf, refuse, reply} from './replies.js'

/** POST: begins an upload (202), or mounts a blob of another repository (201), or takes a whole blob at once (201). */
export async function startUpload(call: Call, mounts: boolean): Promise<void> {
  const {store, res, url, repository} = call
  const mount = url.searchParams.get('mount') ?? ''
  const from = call.repositoryOf(url.searchParams.get('from') ?? '')
  if (mounts && from && isDigest(mount) && store.hasBlob(from, mount)) {
    store.linkBlob(repository, mount)
    return created(call, mount)
  }
  const id = store.startUpload()
  const digest = url.searchParams.get('digest')
  if (digest !== null) return finish(call, id, digest)
  reply(res, 202, progressOf(call, id))
}

/** Everything that happens to an upload once it has begun. */
export async function changeUpload(call: Call, id: string): Promise<void> {
  const {store, req, res, url} = call
  const size = /^[0-9a-f-]{36}$/.test(id) ? store.uploadSize(id) : undefined
  if (size === undefined) return refuse(res, 'BLOB_UPLOAD_UNKNOWN')
  switch (req.method) {
    case 'GET':
      return reply(res, 204, progressOf(call, id))
    case 'PATCH': {
      const [, start] = /^(?:bytes[ =])?(\d+)-\d+/.exec(req.headers['content-range'] ?? '') ?? []
      if (start !== undefined && Number(start) !== size) return refuse(res, 'RANGE_INVALID')
      await receive(call, id)
      return reply(res, 202, progressOf(call, id))
    }
    case 'PUT':
      return finish(call, id, url.searchParams.get('digest') ?? '')
    case 'DELETE':
      store.cancelUpload(id)
      return reply(res, 204)
    default:
      return refuse(res, 'UNSUPPORTED')
  }
}

async function finish(call: Call, id: string, digest: string): Promise<void> {
  if (!isDigest(digest)) return refuse(call.res, 'DIGEST_INVALID')
  await receive(call, id)
  if (!(await call.store.commitUpload(call.repository, id, digest))) return refuse(call.res, 'DIGEST_INVALID')
  created(call, digest)
}

async function receive({store, req}: Call, id: string): Promise<void> {
  await pipeline(req, createWriteStream(store.uploadPath(id), {flags: 'a'}))
}

function created({req, res, name}: Call, digest: string): void {
  reply(res, 201, {
    'docker-content-digest': digest,
    location: `${originOf(req)}/v2/${name}/blobs/${digest}`,
  })
}

function progressOf({store, req, name}: Call, id: string): Record<string, string> {
  return {
    'docker-upload-uuid': id,
    location: `${originOf(req)}/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, (store.uploadSize(id) ?? 0) - 1)}`,
  }
}
