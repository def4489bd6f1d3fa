/** A descriptor of the distribution protocol; sizes in bytes. */
export type Descriptor = {mediaType: string; size: number; digest: string}

/** An image that lies in the registry under `repository`, read back from there. */
export type PushedImage = {
  repository: string
  /** Digest of the manifest. */
  manifest: string
  /** Digest of the config: this is what Heroku releases (platform-facts §1.5). */
  config: string
  /** Compressed size of all layers, bytes. */
  size: number
  layers: number
  /** From the image's config: what a dyno will run; undefined when the image has none. */
  command?: string[]
}

/** Blobs uploaded so far over all of an image. */
export type UploadProgress = {current: number; total: number; layers: number; done: number; present: number}

/** The registry as a ship uses it. Repositories are `<app>/<type>`, the tag is always `latest` (platform-facts §1.1). */
export interface Registry {
  host: string
  /**
   * Reads `latest` back and checks that it is a Docker schema 2 manifest with its config and layers there.
   * @throws RegistryError
   */
  readImage(repository: string, signal?: AbortSignal): Promise<PushedImage>
  /**
   * The labels of an image that was released from `repository`, by the digest of its config; undefined when it is not there any
   * more (how long the registry keeps what is not tagged, nobody knows: platform-facts §1.4).
   * @throws RegistryError
   */
  readLabels(repository: string, config: string, signal?: AbortSignal): Promise<Record<string, string> | undefined>
  /**
   * Pushes an image from a tar as `docker save`, skopeo (`docker-archive:`, `oci-archive:`) or buildx (`type=oci`, `type=docker`)
   * write it, converting OCI to Docker schema 2 and choosing linux/amd64 from an index. Uploads only what is missing.
   * @throws ArchiveError for a tar it cannot read (says what is wrong), RegistryError when the registry refuses
   */
  pushArchive(
    repository: string,
    archive: () => Promise<NodeJS.ReadableStream>,
    onProgress: (p: UploadProgress) => void,
    signal: AbortSignal,
  ): Promise<PushedImage>
}
