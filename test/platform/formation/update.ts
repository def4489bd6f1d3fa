import type {Variant} from '../api/accept.js'
import {ApiError, invalidParams, notFound} from '../api/errors.js'
import type {Platform} from '../platform.js'
import {createRelease} from '../releases/engine.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {imageChange, type ImageChange} from './image-change.js'
import {applyScales, type Scale} from './scale.js'
import {sizeNamed} from './sizes.js'

/** One element of `updates`, as the three variants send it (platform-facts §1.6, §3.1). */
export type FormationUpdate = {
  type: string
  quantity?: number | string
  size?: string
  dyno_size?: {id?: string; name?: string} | string
  docker_image?: string | null
  command?: string
}

/**
 * Checks every update, then applies them all: scaling without a release, images as one release.
 * @throws ApiError 404 for an unknown type or image, 422 for what cannot be
 */
export function updateFormation(
  platform: Platform,
  app: AppState,
  updates: unknown,
  variant: Variant,
): {types: string[]; images: Record<string, string>; warning?: string} {
  if (!Array.isArray(updates) || updates.length === 0)
    throw invalidParams('Updates must be a list of formation updates.')
  const wishes = updates as FormationUpdate[]
  const change = imageChange(platform, app, wishes, variant)
  const scales = wishes.map((wish) => scaleOf(app, wish, change))
  applyScales(platform, app, scales)
  if (change.says.length > 0) releaseImages(platform, app, change)
  platform.changed()
  return {
    types: wishes.map((wish) => wish.type),
    images: change.requested,
    ...(change.warning && {warning: change.warning}),
  }
}

function releaseImages(platform: Platform, app: AppState, {images, commands, says}: ImageChange): void {
  // An accepted docker release turns the app into a container app (platform-facts §1.4).
  app.stack = 'container'
  app.buildStack = 'container'
  const description = says.join(', ')
  createRelease(platform, app, {description, images, commands, says: description})
}

function scaleOf(app: AppState, wish: FormationUpdate, change: ImageChange): Scale {
  if (wish.docker_image === undefined && !isKnown(app, wish.type, change)) {
    throw notFound('formation', `Couldn't find that process type (${wish.type}).`)
  }

  const size = sizeWish(wish)
  const scale: Scale = {type: wish.type, ...(size && {size: sizeNamed(size)})}
  if (wish.quantity !== undefined) scale.quantity = quantityOf(wish.quantity, app.formation[wish.type]?.quantity ?? 0)
  checkLimits(scale, app)
  return scale
}

/** Of the current release or of the one to come; an app without images has the types it was made with. */
function isKnown(app: AppState, type: string, change: ImageChange): boolean {
  const images = currentRelease(app)?.images ?? {}
  if (images[type] ?? change.images[type]) return true
  return Object.keys(images).length === 0 && app.formation[type] !== undefined
}

function sizeWish({size, dyno_size: dynoSize}: FormationUpdate): string | undefined {
  return (typeof dynoSize === 'object' ? (dynoSize.name ?? dynoSize.id) : dynoSize) ?? size
}

/** A number, or what `ps:scale` sends: "2", "+1", "-1". */
function quantityOf(wish: number | string, before: number): number {
  const relative = typeof wish === 'string' && /^[+-]/.test(wish)
  const quantity = Number(wish) + (relative ? before : 0)
  if (!Number.isInteger(quantity)) throw invalidParams('Quantity must be an integer.')
  return Math.max(0, quantity)
}

/** Eco and Basic run one dyno a type, everything else a hundred an app (platform-facts §3.2). */
function checkLimits({type, quantity, size: wished}: Scale, app: AppState): void {
  const size = wished ?? app.formation[type]?.size ?? 'Standard-1X'
  const limit = ['Basic', 'Eco'].includes(size) ? 1 : 100
  if ((quantity ?? app.formation[type]?.quantity ?? 0) <= limit) return
  throw new ApiError(422, 'cannot_run_above_limit', `Cannot run more than ${limit} ${size} size dynos.`, {
    limit,
    size,
    url: 'https://devcenter.heroku.com/articles/limits',
  })
}
