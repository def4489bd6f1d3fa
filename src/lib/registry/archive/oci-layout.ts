import {isDigest} from '../digest.js'
import {ArchiveError} from '../errors.js'
import type {ArchiveFiles} from './archive-files.js'
import {type ImageConfig, platformOf, sourceImage, type SourceImage, wrongPlatform} from './source-image.js'

type Platform = {architecture?: string; os?: string; variant?: string}
type Entry = {digest?: string; platform?: Platform; annotations?: Record<string, string>}
type Manifest = {manifests?: Entry[]; config?: Entry; layers?: Array<Entry & {mediaType?: string}>}
type Candidate = {digest: string; platform: string; manifest: Manifest}

/** The linux/amd64 image of an OCI layout: of containerd's stores, buildx (`type=oci`) and skopeo (`oci-archive:`). */
export async function ociLayout(files: ArchiveFiles): Promise<SourceImage> {
  const index = await files.json<Manifest>(files.get('index.json'), 'index.json')
  const found = new Map<string, Candidate>()
  await collect(files, index.manifests ?? [], found, 0)
  const ours = [...found.values()].filter(({platform}) => platform === 'linux/amd64')
  if (found.size === 0) throw new ArchiveError('The image archive holds no image.')
  if (ours.length === 0)
    throw new ArchiveError(wrongPlatform([...new Set([...found.values()].map((each) => each.platform))]))
  if (ours.length > 1)
    throw new ArchiveError(`The image archive holds ${ours.length} images for linux/amd64: save just one.`)

  const [{manifest}] = ours as [Candidate]
  const config = blobOf(files, manifest.config)
  const layers = (manifest.layers ?? []).map((layer) => {
    if (/foreign|nondistributable/.test(layer.mediaType ?? ''))
      throw new ArchiveError(
        `The image has a layer that may not be distributed (${layer.mediaType}), as Windows images have.`,
      )
    return blobOf(files, layer)
  })
  return sourceImage(config, await files.json<ImageConfig>(config, 'config'), layers)
}

/** All images below an index, nested ones too; attestations are no images. */
async function collect(
  files: ArchiveFiles,
  entries: Entry[],
  found: Map<string, Candidate>,
  depth: number,
): Promise<void> {
  if (depth > 8) throw new ArchiveError('The image archive is damaged: its indexes are nested without end.')
  for (const entry of entries) {
    if (!isDigest(entry.digest)) throw new ArchiveError('The image archive is damaged: an index has no digests.')
    if (entry.annotations?.['vnd.docker.reference.type'] !== undefined || entry.platform?.os === 'unknown') continue
    const {digest, platform} = entry
    // An engine that pulled one platform of many keeps the whole index, without the others' blobs.
    if (!files.hasBlob(digest) && platform && platformOf(platform) !== 'linux/amd64') {
      found.set(digest, {digest, platform: platformOf(platform), manifest: {}})
      continue
    }
    const manifest = await files.json<Manifest>(files.blob(digest), 'manifest')
    if (manifest.manifests) await collect(files, manifest.manifests, found, depth + 1)
    else if (manifest.config)
      found.set(digest, {digest, platform: await platformNamed(files, entry, manifest), manifest})
  }
}

async function platformNamed(files: ArchiveFiles, {platform}: Entry, {config}: Manifest): Promise<string> {
  if (platform?.os) return platformOf(platform)
  return platformOf(await files.json<ImageConfig>(blobOf(files, config), 'config'))
}

function blobOf(files: ArchiveFiles, entry: Entry | undefined) {
  if (!isDigest(entry?.digest)) throw new ArchiveError('The image archive is damaged: a manifest has no digests.')
  return files.blob(entry.digest)
}
