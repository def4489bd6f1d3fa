import pLimit from 'p-limit'
import {SCHEMA2} from '../media-types.js'
import type {Blob} from '../upload-blob.js'
import type {ArchivedImage} from './archived-image.js'
import {gzipLayer} from './gzip-layer.js'
import type {SourceImage} from './source-image.js'

/** Makes schema 2 of an image: every layer gzipped, the config's bytes as they are. */
export async function convertImage(image: SourceImage, dir: string, signal: AbortSignal): Promise<ArchivedImage> {
  const limit = pLimit(2)
  const once = new Map<string, Promise<Blob>>()
  for (const layer of image.layers)
    if (!once.has(layer.digest))
      once.set(
        layer.digest,
        limit(() => gzipLayer(layer, dir, signal)),
      )
  const settled = await Promise.allSettled(once.values())
  const failure = settled.find((each) => each.status === 'rejected')
  if (failure) throw failure.reason
  const {digest, file, size} = image.config
  return {
    config: {mediaType: SCHEMA2.config, size, digest, from: file},
    layers: await Promise.all(image.layers.map((layer) => once.get(layer.digest) as Promise<Blob>)),
  }
}
