import type {Variant} from '../api/accept.js'
import {invalidParams, notFound} from '../api/errors.js'
import {commandOf} from '../dynos/command-of.js'
import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import type {FormationUpdate} from './update.js'

export type ImageChange = {
  /** All images of the release to come. */
  images: Record<string, string>
  commands: Record<string, string>
  /** The images named in the updates. */
  requested: Record<string, string>
  /** "Deployed web (2ef8bad7ccfa)", one a change; empty = no release. */
  says: string[]
  warning?: string
}

/**
 * What the `docker_image` of these updates comes to (platform-facts §1.6).
 * @throws ApiError 404 for an image that was never pushed to this app, 422 for what is no digest
 */
export function imageChange(
  platform: Platform,
  app: AppState,
  wishes: FormationUpdate[],
  variant: Variant,
): ImageChange {
  const current = currentRelease(app)
  const change: ImageChange = {images: {...current?.images}, commands: {...current?.commands}, requested: {}, says: []}
  const same: string[] = []
  for (const {type, docker_image: image, command} of wishes) {
    if (image === undefined) continue
    if (variant !== '3.docker-releases') throw withoutVariant(app, type)
    if (image === null) {
      if (change.images[type]) change.says.push(`Removed ${type}`)
      delete change.images[type]
      continue
    }

    checkImage(platform, app, {type, image, command})
    change.requested[type] = image
    if (current?.images[type] === image && (command === undefined || current.commands[type] === command)) {
      same.push(type)
      continue
    }

    change.images[type] = image
    if (command !== undefined) change.commands[type] = command
    change.says.push(`Deployed ${type} (${image.slice('sha256:'.length, 19)})`)
  }

  if (same.length > 0) change.warning = same.map(unchanged).join(' ')
  return change
}

const unchanged = (type: string): string =>
  `The process type ${type} was not updated, because it is already running the specified docker image.`

function withoutVariant(app: AppState, type: string): Error {
  if (!app.formation[type]) return notFound('formation', `process_type (${type}) not found`)
  return invalidParams('docker_image is not a permitted key.')
}

function checkImage(
  platform: Platform,
  app: AppState,
  wish: {type: string; image: string; command: string | undefined},
): void {
  const {type, image, command} = wish
  if (!/^[-\w]{1,128}$/.test(type)) throw invalidParams(`Invalid process type: ${type}.`)
  if (!/^sha256:[A-Fa-f0-9]{64}$/.test(image)) throw invalidParams('Docker image must be a sha256 digest.')
  if (!platform.images.hasImage(app.name, image)) throw notFound('docker_image', "Couldn't find that record.")
  if (command || commandOf(platform.images.imageConfig(image)).command) return
  throw invalidParams(`The docker image of ${type} has no command to run.`)
}
