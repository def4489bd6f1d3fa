import {ArchiveError} from '../errors.js'
import type {ArchiveFiles} from './archive-files.js'
import {type ImageConfig, sourceImage, type SourceImage} from './source-image.js'

type Entry = {Config?: string; Layers?: string[]; RepoTags?: string[] | null}

/** The image of a classic `docker save`: a `manifest.json` that names a config and layers, some of which are links to others. */
export async function dockerArchive(files: ArchiveFiles): Promise<SourceImage> {
  if (!files.has('manifest.json'))
    throw new ArchiveError(
      'The archive holds no image: it has neither an index.json (OCI) nor a manifest.json (`docker save`).',
    )
  const entries = await files.json<Entry[]>(files.get('manifest.json'), 'manifest.json')
  const [entry, ...others] = Array.isArray(entries) ? entries : []
  if (!entry?.Config || !entry.Layers)
    throw new ArchiveError('The image archive is damaged: its manifest.json names no image.')
  if (others.length > 0) throw new ArchiveError(`The image archive holds ${others.length + 1} images: save just one.`)

  const config = files.get(entry.Config)
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(entry.Config)?.[1]
  if (named !== undefined && config.digest !== `sha256:${named}`)
    throw new ArchiveError(`The image archive is damaged: ${entry.Config} is ${config.digest}. Write it again.`)
  const layers = entry.Layers.map((name) => files.get(name))
  return sourceImage(config, await files.json<ImageConfig>(config, 'config'), layers)
}
