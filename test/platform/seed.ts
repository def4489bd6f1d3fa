import type {Platform} from './platform.js'
import {createRelease} from './releases/engine.js'
import {currentRelease, setFormation, type AppOptions} from './state/new-app.js'
import type {AppState, ReleaseState} from './state/types.js'

export type SeedImages = Record<string, {command: string; files?: Record<string, string>}>

/** Tiny images straight into the store, and a release of them, as if a client had pushed and released: types not named stay. */
export async function seedRelease(
  platform: Platform,
  app: AppState,
  seeds: SeedImages,
  formation?: AppOptions['formation'],
): Promise<ReleaseState> {
  const digests: Record<string, string> = {}
  for (const [type, {command, files = {}}] of Object.entries(seeds)) {
    const spec = {command: ['/bin/sh', '-c', command], files: {'.keep': '', ...files}}
    const {config} = await platform.images.seed(`${app.name}/${type}`, spec)
    digests[type] = config
  }

  const images = {...currentRelease(app)?.images, ...digests}
  if (formation) setFormation(app, formation)
  const description = Object.entries(digests).map(([type, id]) => `Deployed ${type} (${id.slice(7, 19)})`)
  return createRelease(platform, app, {
    description: description.join(', '),
    images,
    says: description.join(', '),
  })
}
