import type {ProcessType, Release} from '../../src/lib/heroku/types.js'
import type {PushedImage} from '../../src/lib/registry/types.js'
import type {ShipFacts} from '../../src/lib/ship/facts.js'

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`

export const processType = (type: string, quantity: number, image?: string): ProcessType => {
  return {type, quantity, size: 'Standard-1X', ...(image ? {image} : {})}
}

export const release = (version: number, more: Partial<Release> = {}): Release => ({
  id: `id-${version}`,
  version,
  status: 'succeeded',
  current: false,
  description: 'Deployed web (aaaaaaaaaaaa)',
  user: 'me@example.com',
  createdAt: '2026-01-01T00:00:00Z',
  outputStreamUrl: null,
  slug: null,
  ...more,
})

export const pushed = (config: string): PushedImage => {
  return {repository: 'example-app/web', manifest: digest('f'), config, size: 1000, layers: 2}
}

/** An app that runs web and worker on v41, and a ship of both from Dockerfiles. */
export const shipFacts = (more: Partial<ShipFacts> = {}): ShipFacts => ({
  app: {id: 'app-id', name: 'example-app'},
  user: 'me@example.com',
  registry: 'registry.heroku.com',
  state: {
    maintenance: false,
    formation: [processType('web', 1, digest('a')), processType('worker', 2, digest('b'))],
    current: {id: 'id-41', version: 41, description: 'Deployed web (aaaaaaaaaaaa)'},
    newest: 41,
    notUp: [],
    crashed: [],
  },
  images: [
    {from: 'dockerfile', dockerfile: '/code/Dockerfile', context: '/code', types: ['web']},
    {from: 'dockerfile', dockerfile: '/code/Dockerfile.worker', context: '/code', types: ['worker']},
  ],
  args: [],
  noCache: false,
  stableForMs: 30_000,
  requireRelease: false,
  notes: [],
  ...more,
})
