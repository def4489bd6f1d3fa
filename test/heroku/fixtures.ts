// Answers in the shapes of platform-facts §1.6, §1.7, §3.1, §3.5 and of Heroku's published schemas.

export const APP = {
  id: '01234567-89ab-cdef-0123-456789abcdef',
  name: 'example-app',
  archived_at: null,
  maintenance: false,
  build_stack: {id: '8f4a6e3c-0001-4a4c-8f3d-1a2b3c4d5e6f', name: 'container'},
  stack: {id: '8f4a6e3c-0001-4a4c-8f3d-1a2b3c4d5e6f', name: 'container'},
  owner: {id: '11111111-2222-3333-4444-555555555555', email: 'user@example.com'},
  team: null,
  generation: {id: '69a4d2ff-0000-4000-8000-000000000001', name: 'cedar'},
  web_url: 'https://example-app-1234.herokuapp.com/',
}

export const DIGEST = `sha256:${'2ef8bad7ccfa'.padEnd(64, '0')}`

export const FORMATION = [
  {
    app: {id: APP.id, name: APP.name},
    command: 'node server.js',
    created_at: '2026-01-01T12:00:00Z',
    id: '21234567-89ab-cdef-0123-456789abcdef',
    quantity: 1,
    size: 'Standard-1X',
    type: 'web',
    updated_at: '2026-01-01T12:00:00Z',
    docker_image: {id: DIGEST},
  },
  {
    app: {id: APP.id, name: APP.name},
    command: null,
    created_at: '2026-01-01T12:00:00Z',
    id: '31234567-89ab-cdef-0123-456789abcdef',
    quantity: 2,
    size: 'Standard-2X',
    type: 'worker',
    updated_at: '2026-01-01T12:00:00Z',
    docker_image: null,
  },
]

export const DYNO = {
  attach_url: null,
  command: 'node server.js',
  created_at: '2026-01-01T12:00:00Z',
  id: '41234567-89ab-cdef-0123-456789abcdef',
  name: 'web.1',
  release: {id: '51234567-89ab-cdef-0123-456789abcdef', version: 12},
  app: {id: APP.id, name: APP.name},
  size: 'Standard-1X',
  state: 'up',
  type: 'web',
  updated_at: '2026-01-01T12:00:21Z',
}

export const RELEASE = {
  id: '51234567-89ab-cdef-0123-456789abcdef',
  version: 11,
  app: {id: APP.id, name: APP.name},
  created_at: '2026-01-01T12:00:00Z',
  updated_at: '2026-01-01T12:00:00Z',
  description: 'Deployed web (2ef8bad7ccfa)',
  slug: null,
  status: 'pending',
  current: false,
  user: {id: '11111111-2222-3333-4444-555555555555', email: 'user@example.com'},
  addon_plan_names: ['heroku-postgresql:essential-0'],
  output_stream_url: 'https://release-output.heroku.com/streams/01234567-89ab-cdef-0123-456789abcdef',
  eligible_for_rollback: true,
  artifacts: [],
}

export const NOT_FOUND = {
  id: 'not_found',
  message: "Couldn't find that app.",
  resource: 'app',
  url: 'https://devcenter.heroku.com/',
}
export const RATE_LIMIT = {
  id: 'rate_limit',
  message: 'Your account reached the API rate limit\nPlease wait a few minutes before making new requests',
  url: 'https://devcenter.heroku.com/articles/platform-api-reference#rate-limits',
}
