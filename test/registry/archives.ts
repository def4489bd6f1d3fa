import {Readable} from 'node:stream'
import {sha256} from '../platform/registry/digest.js'
import {type ImageParts, tarOf} from '../platform/registry/make-image.js'
import {manifestOf, OCI} from '../platform/registry/manifest.js'

export type Files = Record<string, Buffer | string>

/** As `pushArchive` wants it, in chunks of `size` bytes. */
export function archiveFrom(tar: Buffer, size = 65_536): () => Promise<NodeJS.ReadableStream> {
  return async () => {
    const chunks = Array.from({length: Math.ceil(tar.length / size)}, (_, i) => tar.subarray(i * size, (i + 1) * size))
    return Readable.from(chunks)
  }
}

export type Described = {mediaType: string; size: number; digest: string; platform?: object; annotations?: object}

/** Blobs of an OCI layout by their digests. */
export function blobsOf(...blobs: Array<Buffer | string>): Files {
  return Object.fromEntries(blobs.map((blob) => [`blobs/sha256/${sha256(blob).slice(7)}`, blob]))
}

export function describe(mediaType: string, blob: Buffer | string, more: Partial<Described> = {}): Described {
  return {mediaType, size: Buffer.byteLength(blob), digest: sha256(blob), ...more}
}

export function indexOf(...manifests: Described[]): string {
  return JSON.stringify({schemaVersion: 2, mediaType: OCI.index, manifests})
}

export function ociManifest({config, layers}: ImageParts, layerType: string = OCI.layer): string {
  return JSON.stringify(manifestOf({...OCI, layer: layerType}, config, layers))
}

/** An OCI layout with one image, as skopeo writes it: the index names no platform. */
export function ociArchive(image: ImageParts, layerType?: string): Promise<Buffer> {
  const manifest = ociManifest(image, layerType)
  return tarOf({
    'index.json': indexOf(describe(OCI.manifest, manifest)),
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    ...blobsOf(manifest, image.config, ...image.layers),
  })
}
