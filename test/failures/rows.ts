import {writeFile} from 'node:fs/promises'
import path from 'node:path'

import type {HerokuProcess} from '../real/heroku-cli.js'
import {APP, images, type Setup} from './setup.js'

/** A failure that is tried: what goes wrong, and what must be true afterwards. */
export type Row = {
  /** What goes wrong, as the table says it. */
  name: string
  /** An app without a release, instead of one that runs. */
  firstRelease?: boolean
  env?: NodeJS.ProcessEnv
  /** Prepares the world and says the flags. */
  given(setup: Setup): Promise<string[]>
  /** Does something while the command runs. */
  meanwhile?(setup: Setup, heroku: HerokuProcess): Promise<void>
  exit: number
  /** The difference of the worlds, line by line; `[]` is "as it was". */
  leaves: string[]
  /** In what it says, stdout and stderr together. */
  says: RegExp[]
  /** Requests that must have been sent exactly so often: `PATCH /apps/…/formation`. */
  sent?: Array<{method: string; path: RegExp; times: number}>
}

const SHIPPED = [
  'dynos.web.1: up, old image → up, new image',
  'dynos.worker.1: up, old image → up, new image',
  'formation.web: 1 × old image → 1 × new image',
  'formation.worker: 1 × old image → 1 × new image',
  'releases: 3 → 4',
]
const ROLLED_BACK = ['releases: 3 → 5']
const formation = /\/apps\/[^/]+\/formation$/
const releases = /\/apps\/[^/]+\/releases$/

const good = async ({archive}: Setup): Promise<string[]> => [
  ...(await archive('web', images.web)),
  ...(await archive('worker', images.worker)),
]
const crashing = async ({archive}: Setup): Promise<string[]> => [
  ...(await archive('web', images.crashingWeb)),
  ...(await archive('worker', images.worker)),
]

/** Somebody else changes a config var: a release of theirs. */
async function foreignRelease({heroku}: Setup): Promise<void> {
  const headers = {
    accept: 'application/vnd.heroku+json; version=3',
    authorization: `Bearer ${heroku.apiKey}`,
    'content-type': 'application/json',
  }
  const body = JSON.stringify({THEIRS: 'yes'})
  const answer = await fetch(`${heroku.url}/apps/${APP}/config-vars`, {method: 'PATCH', headers, body})
  if (!answer.ok) throw new Error(`config-vars: ${answer.status}`)
}

export const rows: Row[] = [
  {
    name: 'Nothing goes wrong',
    given: good,
    exit: 0,
    leaves: SHIPPED,
    says: [/Shipped web \(\w{12}\) and worker \(\w{12}\): example-app runs v4\./],
    sent: [{method: 'PATCH', path: formation, times: 1}],
  },
  {
    name: 'Everything at once: not a Docker app, in maintenance, no Dockerfile, Docker not running',
    async given({heroku}) {
      await heroku.createApp('old-app', {stack: 'heroku-24', maintenance: true})
      return ['--app', 'old-app']
    },
    env: {DOCKER_HOST: 'unix:///nonexistent/docker.sock'},
    exit: 3,
    leaves: [],
    says: [/old-app is not a Docker app/, /Maintenance mode of old-app is on/, /There is no Dockerfile here/, /Docker/],
  },
  {
    name: 'The app does not exist',
    given: async (setup) => [...(await good(setup)), '--app', 'no-such-app'],
    exit: 3,
    leaves: [],
    says: [/nothing was touched/, /no-such-app/],
  },
  {
    name: 'No access to the app',
    async given(setup) {
      setup.heroku.knobs(APP).forbidden = true
      return good(setup)
    },
    exit: 3,
    leaves: [],
    says: [/nothing was touched/],
  },
  {
    name: 'Not logged in',
    given: good,
    env: {HEROKU_API_KEY: ''},
    exit: 3,
    leaves: [],
    says: [/You are not logged in to Heroku/],
  },
  {
    name: 'A Fir app',
    async given(setup) {
      await setup.heroku.createApp('fir-app', {generation: 'fir', stack: 'cnb'})
      return [...(await good(setup)), '--app', 'fir-app']
    },
    exit: 3,
    leaves: [],
    says: [/fir-app is a Fir app/],
  },
  {
    name: 'A heroku.yml, which this version does not honour',
    async given({folder}) {
      await writeFile(path.join(folder, 'heroku.yml'), 'build: {docker: {web: Dockerfile}}\n')
      await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\n')
      return []
    },
    env: {DOCKER_HOST: 'unix:///nonexistent/docker.sock'},
    exit: 3,
    leaves: [],
    says: [/There is a heroku\.yml here/, /--no-heroku-yml/],
  },
  {
    name: 'A process type that the app does not have',
    async given({folder}) {
      await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\n')
      return ['wroker']
    },
    env: {DOCKER_HOST: 'unix:///nonexistent/docker.sock'},
    exit: 3,
    leaves: [],
    says: [/wroker is not a process type of the app \(web, worker\)/],
  },
  {
    name: 'Another release is pending',
    async given(setup) {
      const {heroku} = setup
      heroku.knobs(APP).releaseStaysPending = true
      await heroku.seedRelease(APP, {images: {release: {command: images.slowMigration}}})
      return good(setup)
    },
    exit: 3,
    leaves: [],
    says: [/Release v4 is still pending/],
  },
  {
    name: 'Two mistakes in the flags',
    given: async () => ['--arg', 'TOKEN', '--stable-for', 'soon'],
    exit: 2,
    leaves: [],
    says: [/--arg number 1 has no "="/, /--stable-for soon: write a duration/],
  },
  {
    name: 'The journal cannot be written',
    given: async (setup) => [...(await good(setup)), '--journal', path.join(setup.folder, 'web.tar', 'journal')],
    exit: 3,
    leaves: [],
    says: [/Can't write the journal/],
  },
  {
    name: 'The registry refuses the push',
    async given(setup) {
      const denied = {errors: [{code: 'DENIED', message: 'requested access to the resource is denied'}]}
      setup.heroku.fault({
        method: 'PUT',
        path: /\/v2\/.*\/manifests\//,
        moment: 'before',
        status: 403,
        body: denied,
        times: 99,
      })
      return good(setup)
    },
    exit: 1,
    leaves: [],
    says: [/Nothing was released: example-app still runs v3/],
  },
  {
    name: 'The connection to the registry is cut while pushing',
    async given(setup) {
      setup.heroku.fault({method: 'PUT', path: /\/v2\/.*\/blobs\/uploads/, moment: 'lost', times: 2})
      setup.heroku.fault({method: 'PUT', path: /\/v2\/.*\/manifests\//, moment: 'lost', times: 1})
      return good(setup)
    },
    exit: 0,
    leaves: SHIPPED,
    says: [/Shipped web/],
  },
  {
    name: 'The API answers 503 to the first reads',
    async given(setup) {
      setup.heroku.fault({
        method: 'GET',
        path: /\/apps\//,
        moment: 'before',
        status: 503,
        body: '<h1>Unavailable</h1>',
        times: 3,
      })
      return good(setup)
    },
    exit: 0,
    leaves: SHIPPED,
    says: [/Shipped web/],
  },
  {
    name: 'Heroku refuses the release',
    async given(setup) {
      const body = {id: 'invalid_params', message: 'Invalid image.'}
      setup.heroku.fault({method: 'PATCH', path: formation, moment: 'before', status: 422, body})
      return good(setup)
    },
    exit: 1,
    leaves: [],
    says: [/Invalid image/, /Nothing was released: example-app still runs v3/],
    sent: [{method: 'PATCH', path: formation, times: 1}],
  },
  {
    name: 'The rate limit is reached as it releases',
    async given(setup) {
      const body = {id: 'rate_limit', message: 'Your account reached the API rate limit'}
      setup.heroku.fault({
        method: 'PATCH',
        path: formation,
        moment: 'before',
        status: 429,
        body,
        headers: {'Retry-After': '1'},
      })
      return good(setup)
    },
    exit: 0,
    leaves: SHIPPED,
    says: [/Shipped web/],
  },
  {
    name: 'The answer to the release is lost, the release happened',
    async given(setup) {
      setup.heroku.fault({method: 'PATCH', path: formation, moment: 'lost'})
      return good(setup)
    },
    exit: 0,
    leaves: SHIPPED,
    says: [/Shipped web/],
    sent: [{method: 'PATCH', path: formation, times: 1}],
  },
  {
    name: 'The platform answers 500 to the release, the release happened',
    async given(setup) {
      setup.heroku.fault({method: 'PATCH', path: formation, moment: 'after', status: 500, body: '<h1>Oops</h1>'})
      return good(setup)
    },
    exit: 0,
    leaves: SHIPPED,
    says: [/Shipped web/],
    sent: [{method: 'PATCH', path: formation, times: 1}],
  },
  {
    name: 'The platform answers 503 to the release, and nothing happens',
    async given(setup) {
      setup.heroku.fault({
        method: 'PATCH',
        path: formation,
        moment: 'before',
        status: 503,
        body: '<h1>Oops</h1>',
        times: 99,
      })
      return good(setup)
    },
    exit: 1,
    leaves: [],
    says: [/Nothing was released: example-app still runs v3/],
  },
  {
    name: 'A release phase succeeds, its output stream is cut again and again',
    async given(setup) {
      setup.heroku.knobs(APP).streamCutAfterBytes = 30
      setup.heroku.knobs(APP).streamNotFoundMs = 300
      return [...(await good(setup)), ...(await setup.archive('release', images.migration))]
    },
    exit: 0,
    leaves: [...SHIPPED.slice(0, 2), 'formation.release: none → 0 × new image', ...SHIPPED.slice(2)],
    says: [/release \| migrating/, /release \| migrated/, /Shipped web/],
  },
  {
    name: 'The release phase fails',
    given: async (setup) => [...(await good(setup)), ...(await setup.archive('release', images.failingMigration))],
    exit: 1,
    leaves: ['releases: 3 → 4'],
    says: [
      /release \| relation users does not exist/,
      /example-app still runs v3/,
      /What the release phase did to the database/,
    ],
  },
  {
    name: 'Ctrl-C while the release phase runs',
    given: async (setup) => [...(await good(setup)), ...(await setup.archive('release', images.slowMigration))],
    async meanwhile(_setup, process) {
      await process.says(/migrating/)
      process.kill('SIGINT')
    },
    exit: 4,
    leaves: ['dynos.release: none → up, new image', 'pendingReleases: 0 → 1', 'releases: 3 → 4'],
    says: [
      /v4 is pending and may still become current/,
      /heroku releases:output v4 --app example-app/,
      /heroku releases:rollback v3 --app example-app/,
    ],
  },
  {
    name: 'The new web crashes at boot',
    given: crashing,
    exit: 1,
    leaves: ROLLED_BACK,
    says: [/web\.1 crashed.*Error: DATABASE_URL is not set/, /example-app runs v3 again as v5/],
    sent: [{method: 'POST', path: releases, times: 1}],
  },
  {
    name: 'The new web crashes, and the answer to the rollback is lost',
    async given(setup) {
      setup.heroku.fault({method: 'POST', path: releases, moment: 'lost'})
      return crashing(setup)
    },
    exit: 1,
    leaves: ROLLED_BACK,
    says: [/example-app runs v3 again as v5/],
    sent: [{method: 'POST', path: releases, times: 1}],
  },
  {
    name: 'The new web crashes, and Heroku refuses the rollback',
    async given(setup) {
      const body = {id: 'invalid_params', message: 'Cannot roll back.'}
      setup.heroku.fault({method: 'POST', path: releases, moment: 'before', status: 422, body})
      return crashing(setup)
    },
    exit: 4,
    leaves: [
      'dynos.web.1: up, old image → crashed, new image',
      'dynos.worker.1: up, old image → up, new image',
      ...SHIPPED.slice(2),
    ],
    says: [/Cannot roll back/, /What is left/, /heroku releases:rollback v3 --app example-app/],
  },
  {
    name: 'The new web crashes after a release phase',
    given: async (setup) => [...(await crashing(setup)), ...(await setup.archive('release', images.migration))],
    exit: 4,
    leaves: [
      'dynos.web.1: up, old image → crashed, new image',
      'dynos.worker.1: up, old image → up, new image',
      'formation.release: none → 0 × new image',
      ...SHIPPED.slice(2),
    ],
    says: [
      /is not rolled back, because the release phase has changed/,
      /heroku releases:rollback v3 --app example-app/,
    ],
    sent: [{method: 'POST', path: releases, times: 0}],
  },
  {
    name: 'The first release ever crashes',
    firstRelease: true,
    given: async ({archive}) => archive('web', images.crashingWeb),
    exit: 4,
    leaves: ['dynos.web.1: none → crashed, new image', 'formation.web: none → 1 × new image', 'releases: 2 → 3'],
    says: [/example-app is not rolled back/, /heroku logs --app example-app/],
    sent: [{method: 'POST', path: releases, times: 0}],
  },
  {
    name: 'Somebody else releases while the dynos come up',
    given: async (setup) => ['--stable-for', '20s', ...(await good(setup))],
    async meanwhile(setup, process) {
      await process.says(/Wait for the dynos/)
      await foreignRelease(setup)
    },
    exit: 4,
    leaves: ['configVars: same → changed', ...SHIPPED.slice(0, 4), 'releases: 3 → 5'],
    says: [/Somebody else released meanwhile: v5/, /left as it is/],
    sent: [{method: 'POST', path: releases, times: 0}],
  },
  {
    name: 'Somebody else releases during the push',
    async given(setup) {
      setup.heroku.fault({method: 'PUT', path: /\/v2\/.*\/manifests\//, moment: 'before', times: 3})
      return good(setup)
    },
    async meanwhile(setup, process) {
      await process.says(/Push web/)
      await foreignRelease(setup)
    },
    exit: 1,
    leaves: ['configVars: same → changed', 'releases: 3 → 4'],
    says: [/Somebody else released meanwhile: v4/, /Nothing was released/],
    sent: [{method: 'PATCH', path: formation, times: 0}],
  },
  {
    name: 'SIGTERM while the dynos come up',
    given: async (setup) => ['--stable-for', '60s', ...(await good(setup))],
    async meanwhile(_setup, process) {
      await process.says(/Wait for the dynos/)
      process.kill('SIGTERM')
    },
    exit: 143,
    leaves: ROLLED_BACK,
    says: [/v3 again as v5/],
    sent: [{method: 'POST', path: releases, times: 1}],
  },
  {
    name: 'Ctrl-C during the push',
    async given(setup) {
      setup.heroku.fault({method: 'PUT', path: /\/v2\/.*\/blobs\/uploads/, moment: 'hang', times: 99})
      return good(setup)
    },
    async meanwhile(_setup, process) {
      await process.says(/Push web/)
      process.kill('SIGINT')
    },
    exit: 130,
    leaves: [],
    says: [/Interrupted/],
    sent: [{method: 'PATCH', path: formation, times: 0}],
  },
]
