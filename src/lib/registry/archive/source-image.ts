import {ArchiveError} from '../errors.js'
import type {ArchiveFile} from './archive-files.js'

/** An image as its archive has it; `diffId` is the digest of a layer's tar when unpacked. */
export type SourceImage = {config: ArchiveFile; layers: Array<ArchiveFile & {diffId: string}>}

/** The part of a config blob that says what an image is. */
export type ImageConfig = {architecture?: string; os?: string; rootfs?: {diff_ids?: string[]}}

export function platformOf({architecture = 'unknown', os = 'unknown'}: ImageConfig): string {
  return `${os}/${architecture}`
}

/** Pairs the layers with what the config says of them. @throws ArchiveError when it is not for a Cedar dyno (platform-facts §1.3) */
export function sourceImage(config: ArchiveFile, meaning: ImageConfig, layers: ArchiveFile[]): SourceImage {
  if (platformOf(meaning) !== 'linux/amd64') throw new ArchiveError(wrongPlatform([platformOf(meaning)]))
  const diffIds = meaning.rootfs?.diff_ids ?? []
  if (diffIds.length !== layers.length)
    throw new ArchiveError(
      `The image archive is damaged: it has ${layers.length} layers, its config names ${diffIds.length}.`,
    )
  return {config, layers: layers.map((layer, i) => ({...layer, diffId: diffIds[i] as string}))}
}

export function wrongPlatform(found: string[]): string {
  return `The image is for ${found.join(' and ')}, dynos are linux/amd64: build it with \`--platform linux/amd64\`.`
}
