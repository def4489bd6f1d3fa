import type {ImageSource} from './facts.js'

/** `web`, `web and worker`, `web, worker and release`. */
export function listOf(words: string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** An image by the process types it is for: `web, worker`. */
export function nameOf(image: ImageSource): string {
  return image.types.join(', ')
}

/** Where an image goes: `registry.heroku.com/example-app/web` (platform-facts §1.1). */
export function referenceOf({app, registry}: {app: {name: string}; registry: string}, type: string): string {
  return `${registry}/${app.name}/${type}`
}

/** The first 12 hex digits of a digest, as Heroku's release descriptions show it (platform-facts §1.6). */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}
