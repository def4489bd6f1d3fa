import {createReadStream, statSync} from 'node:fs'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {pipeline} from 'node:stream/promises'
import {isDigest} from './digest.js'
import type {ImageStore} from './image-store.js'
import {refuse, reply} from './replies.js'

/** One request about one repository. */
export type Call = {
  store: ImageStore
  req: IncomingMessage
  res: ServerResponse
  url: URL
  /** `<app>/<type>`, by the app's name. */
  repository: string
  /** As the client wrote it, for Locations. */
  name: string
  /** `<app>/<type>` of a name that this client may use; undefined for others. */
  repositoryOf(name: string): string | undefined
}

/** GET and HEAD of a blob, whole or one range of it. */
export async function readBlob({store, req, res, repository}: Call, digest: string): Promise<void> {
  if (!isDigest(digest)) return refuse(res, 'DIGEST_INVALID')
  if (!store.hasBlob(repository, digest)) return refuse(res, 'BLOB_UNKNOWN', {digest})
  const file = store.blobPath(digest)
  const {size} = statSync(file)
  const headers = {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    etag: `"${digest}"`,
  }
  const range = rangeOf(req.headers.range, size)
  if (range === 'outside') return reply(res, 416, {'content-range': `bytes */${size}`})
  const {start, end} = range ?? {start: 0, end: size - 1}
  res.writeHead(range ? 206 : 200, {
    'docker-distribution-api-version': 'registry/2.0',
    ...headers,
    'content-length': end - start + 1,
    ...(range ? {'content-range': `bytes ${start}-${end}/${size}`} : {}),
  })
  if (req.method === 'HEAD' || size === 0) res.end()
  else await pipeline(createReadStream(file, {start, end}), res)
}

/** One `bytes=a-b`, `bytes=a-` or `bytes=-n`; anything else means the whole blob, as HTTP allows. */
function rangeOf(header: string | undefined, size: number): {start: number; end: number} | 'outside' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return start > end ? 'outside' : {start, end}
}
