import pLimit from 'p-limit'
import type {Clock} from '../run/clock.js'
import type {ArchivedImage} from './archive/archived-image.js'
import type {Client, Question} from './client.js'
import {SCHEMA2} from './media-types.js'
import {persistently} from './persistently.js'
import type {Descriptor, UploadProgress} from './types.js'
import {type Blob, hasBlob, uploadBlob} from './upload-blob.js'

const UPLOADS_AT_ONCE = 3

type Wires = {client: Client; clock: Clock; signal: AbortSignal}

/** Uploads what is missing, then the schema 2 manifest as `latest`. The config's bytes stay as they are, so its digest does. */
export async function pushImage(
  {client, clock, signal}: Wires,
  repository: string,
  image: ArchivedImage,
  onProgress: (p: UploadProgress) => void,
): Promise<void> {
  const blobs = [...new Map([...image.layers, image.config].map((blob) => [blob.digest, blob])).values()]
  const layers = new Set(image.layers.map(({digest}) => digest))
  const sent = new Map<string, number>()
  const done = new Set<string>()
  const present = new Set<string>()
  const total = blobs.reduce((sum, {size}) => sum + size, 0)
  const isLayer = (digest: string) => layers.has(digest)
  const tell = () =>
    onProgress({
      current: [...sent.values()].reduce((sum, bytes) => sum + bytes, 0),
      total,
      layers: layers.size,
      done: [...done].filter(isLayer).length,
      present: [...present].filter(isLayer).length,
    })

  const again = {clock, signal}
  const push = async (blob: Blob, stop: AbortSignal) => {
    const ask = (question: Question) => client.ask(question, stop)
    const onSent = (bytes: number) => {
      sent.set(blob.digest, bytes)
      tell()
    }
    if (await persistently(() => hasBlob(ask, repository, blob), {clock, signal: stop})) present.add(blob.digest)
    else await persistently(() => uploadBlob(ask, client.host, repository, blob, onSent), {clock, signal: stop})
    done.add(blob.digest)
    onSent(blob.size)
  }

  tell()
  await allOrNone(blobs, push, signal)
  const put: Question = {
    operation: `push ${repository}`,
    repository,
    method: 'PUT',
    url: `/v2/${repository}/manifests/latest`,
    headers: {'content-type': SCHEMA2.manifest},
    body: () => manifestOf(image),
    expect: [200, 201],
  }
  await persistently(() => client.ask(put, signal), again)
}

/** Some at a time; the first that fails stops the others, and nothing runs on when this has ended. */
async function allOrNone<T>(items: T[], work: (item: T, stop: AbortSignal) => Promise<void>, signal: AbortSignal) {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const limit = pLimit(UPLOADS_AT_ONCE)
  const running = items.map((item) =>
    limit(async () => {
      stop.throwIfAborted()
      await work(item, stop).catch((error: unknown) => {
        failed.abort(error)
        throw error
      })
    }),
  )
  await Promise.allSettled(running)
  stop.throwIfAborted()
}

/** Laid out as Docker does, so that the same image has the same digest whoever pushes it. */
function manifestOf({config, layers}: ArchivedImage): string {
  const describe = ({mediaType, size, digest}: Descriptor) => ({mediaType, size, digest})
  return JSON.stringify(
    {schemaVersion: 2, mediaType: SCHEMA2.manifest, config: describe(config), layers: layers.map(describe)},
    undefined,
    3,
  )
}
