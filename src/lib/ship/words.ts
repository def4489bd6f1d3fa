import type {ImageSource} from './facts.js'

/** An image by the process types it is for: `web, worker`. */
export function nameOf(image: ImageSource): string {
  return image.types.join(', ')
}

/** Where an image goes: `registry.heroku.com/example-app/web` (platform-facts §1.1). */
export function referenceOf({app, registry}: {app: {name: string}; registry: string}, type: string): string {
  return `${registry}/${app.name}/${type}`
}
