import {setTimeout as sleep} from 'node:timers/promises'

import type {LocalHeroku, World} from '../test/platform/index.js'
import {contentsOf} from './image-contents.js'
import type {Run} from './row.js'

/**
 * Times one run of a side from outside. Figures: `total` until the command returned, `current` until the release was current, `up`
 * until every dyno of it was up, in ms; `API calls`, `registry requests`. Without a release there is no `current` and no `up`.
 * @param latencyMs of the local Heroku, while it lasts
 */
export async function timed(
  heroku: LocalHeroku,
  app: string,
  latencyMs: number,
  work: () => Promise<unknown>,
): Promise<Run> {
  const asked = heroku.requests.length
  const watch = watchRelease(heroku, app)
  heroku.latency.ms = latencyMs
  const begin = performance.now()
  let total: number
  try {
    await work()
    total = performance.now() - begin
  } finally {
    heroku.latency.ms = 0
    watch.stop()
  }
  // Before anybody waits for dynos: what comes after the command is not its doing.
  const requests = heroku.requests.slice(asked)
  const {current, up} = await watch.ended
  return {
    figures: {
      total,
      ...(current && {current: current - begin}),
      ...(up && {up: up - begin}),
      'API calls': requests.filter(({path}) => !NOT_THE_API.test(path)).length,
      'registry requests': requests.filter(({path}) => path.startsWith('/v2/')).length,
    },
    end: await endOf(heroku, app),
  }
}

/** Of other hosts than the API's; none of them counts against its rate limit (platform-facts §8.7, §9.2). */
const NOT_THE_API = /^\/(?:v2|logplex|streams)\/|\/metrics\/memory\?/

const POLL_MS = 5
/** Of a whole run: a build, a backup and a migration may be in it. */
const PATIENCE_MS = 180_000

/** Looks at the platform itself, not at what it tells its clients. Once stopped, it waits for what a release has begun. */
function watchRelease(
  heroku: LocalHeroku,
  app: string,
): {ended: Promise<{current?: number; up?: number}>; stop(): void} {
  const before = heroku.world(app).releases
  let stopped = false
  const ended = (async () => {
    const seen: {current?: number; up?: number} = {}
    for (const deadline = Date.now() + PATIENCE_MS; !seen.up; await sleep(POLL_MS)) {
      const world = heroku.world(app)
      if (world.releases > before && world.pendingReleases === 0) {
        seen.current ??= performance.now()
        if (isUp(world)) seen.up = performance.now()
      } else if (stopped) break
      if (Date.now() > deadline) throw new Error(`${app} does not come up: ${JSON.stringify(world)}`)
    }
    return seen
  })()
  // Whoever fails first is heard.
  ended.catch(() => {})
  return {ended, stop: () => void (stopped = true)}
}

function isUp({dynos, formation, images}: World): boolean {
  const wanted = Object.values(formation).reduce((sum, {quantity}) => sum + quantity, 0)
  return (
    dynos.length === wanted && dynos.every(({code, name, state}) => state === 'up' && code === images[typeOf(name)])
  )
}

const typeOf = (dyno: string): string => dyno.split('.')[0] ?? ''

/** What is compared: the world without digests, and what the images are. */
async function endOf(heroku: LocalHeroku, app: string): Promise<unknown> {
  const {dynos, formation, images, ...world} = await heroku.settled(app)
  const contents = Object.keys(images).map(async (type) => [type, await contentsOf(heroku, app, type)] as const)
  return {
    ...world,
    formation: Object.entries(formation).map(([type, {quantity, size}]) => ({type, quantity, size})),
    dynos: dynos.map(({code, name, state}) => ({name, state, current: code === images[typeOf(name)]})),
    images: Object.fromEntries(await Promise.all(contents)),
  }
}
