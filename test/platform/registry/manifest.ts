import {sha256} from './digest.js'

/** The media types of Docker schema 2, the only ones Heroku's registry takes (platform-facts §1.3). */
export const SCHEMA2 = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const

export const OCI = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

export type BlobDescriptor = {mediaType: string; size: number; digest: string}

export type Manifest = {schemaVersion: 2; mediaType: string; config: BlobDescriptor; layers: BlobDescriptor[]}

/** The config blob of an image, as far as a dyno cares. */
export type ImageConfig = {
  architecture?: string
  os?: string
  config?: {
    Cmd?: string[] | null
    Entrypoint?: string[] | null
    Env?: string[] | null
    WorkingDir?: string
    Labels?: Record<string, string> | null
  }
  rootfs?: {type: 'layers'; diff_ids: string[]}
}

/** A schema 2 manifest over these bytes; layers are gzipped tars. */
export function schema2Of(config: Buffer, layers: Buffer[]): Manifest {
  return manifestOf(SCHEMA2, config, layers)
}

export function manifestOf(
  types: {manifest: string; config: string; layer: string},
  config: Buffer,
  layers: Buffer[],
): Manifest {
  const describe = (mediaType: string, blob: Buffer) => ({mediaType, size: blob.length, digest: sha256(blob)})
  return {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(types.config, config),
    layers: layers.map((layer) => describe(types.layer, layer)),
  }
}
