import {createReadStream} from 'node:fs'
import type {Client, Question} from './client.js'
import {RegistryError} from './errors.js'
import type {Descriptor} from './types.js'

/** A blob on its way; its bytes lie in the file `from`. */
export type Blob = Descriptor & {from: string}

const CHUNK_BYTES = 256 * 1024

type Ask = (question: Question) => ReturnType<Client['ask']>

export async function hasBlob(ask: Ask, repository: string, {digest}: Descriptor): Promise<boolean> {
  const url = `/v2/${repository}/blobs/${digest}`
  const {status} = await ask({operation: `push ${repository}`, repository, method: 'HEAD', url, expect: [200, 404]})
  return status === 200
}

/** Sends a blob, unless it is there: an earlier attempt may have arrived and only its answer been lost. */
export async function uploadBlob(
  ask: Ask,
  host: string,
  repository: string,
  blob: Blob,
  onSent: (bytes: number) => void,
): Promise<void> {
  if (await hasBlob(ask, repository, blob)) return onSent(blob.size)
  const about = {operation: `push ${repository}`, repository}
  const started = await ask({
    ...about,
    method: 'POST',
    url: `/v2/${repository}/blobs/uploads/`,
    headers: {'content-length': '0'},
    expect: [202],
  })
  const location = started.headers.get('location')
  if (!location) throw new RegistryError({...about, host, status: 500, said: 'does not say where to upload to'})
  const url = new URL(location, `https://${host}/v2/${repository}/blobs/uploads/`)
  url.searchParams.set('digest', blob.digest)
  await ask({
    ...about,
    method: 'PUT',
    url: url.href,
    headers: {'content-type': 'application/octet-stream', 'content-length': String(blob.size)},
    body: (moved) => bytesOf(blob, moved, onSent),
    expect: [201, 204],
  })
  onSent(blob.size)
}

async function* bytesOf({from}: Blob, moved: () => void, onSent: (bytes: number) => void): AsyncIterable<Uint8Array> {
  let sent = 0
  for await (const chunk of createReadStream(from, {highWaterMark: CHUNK_BYTES}) as AsyncIterable<Buffer>) {
    yield chunk
    moved()
    onSent((sent += chunk.length))
  }
}
