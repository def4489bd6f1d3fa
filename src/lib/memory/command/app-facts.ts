import {describeError, PlatformError} from '../../heroku/errors.js'
import type {App, ProcessType} from '../../heroku/types.js'
import type {DynoSize} from '../../heroku/memory-types.js'
import type {MemoryServices} from '../sources/services.js'
import type {Release} from '../types.js'

/** What an app says of itself, for its memory. */
export type AppFacts = {
  app: Pick<App, 'generation' | 'id' | 'name'>
  formation: ProcessType[]
  /** Those that ran or run, the newest first. */
  releases: Release[]
  /** The release that runs. */
  current?: Release
  /** Of all sizes the app may have; empty when they can't be read: `notes` says so. */
  sizes: DynoSize[]
  /** Whether dynos log their memory; undefined when that can't be read. */
  logged?: boolean
  notes: string[]
}

/** As many releases as a comparison may look back. */
const RELEASES = 50

/** Reads them in parallel. Prices and the feature may be missing, and that is said. @throws PlatformError, Unreadable */
export async function readAppFacts({memory, platform}: MemoryServices, name: string): Promise<AppFacts> {
  const notes: string[] = []
  const orSaid = async <T>(read: Promise<T>, without: string): Promise<T | undefined> =>
    read.catch((error: unknown) => {
      // Without an app nothing else is worth saying.
      if (!(error instanceof PlatformError && error.status === 404)) notes.push(`${without}: ${describeError(error)}`)
      return undefined
    })
  const [app, formation, list, sizes, logged] = await Promise.all([
    platform.app(name),
    platform.formation(name),
    platform.newestReleases(name, RELEASES),
    orSaid(memory.dynoSizes(name), 'No prices and no quotas of dyno sizes'),
    orSaid(memory.metricsLogged(name), 'Whether log-runtime-metrics is on is not known'),
  ])
  const ran = list.filter(({status}) => status === 'succeeded' || status === 'expired')
  const current = list.find((release) => release.current)
  return {
    app,
    formation,
    releases: ran.map(({createdAt, version}) => ({version, at: Date.parse(createdAt)})),
    ...(current ? {current: {version: current.version, at: Date.parse(current.createdAt)}} : {}),
    sizes: sizes ?? [],
    ...(logged === undefined ? {} : {logged}),
    notes,
  }
}

/** Quota of each process type by its dyno size, MiB (platform-facts §8.6). */
export function quotasOf({formation, sizes}: Pick<AppFacts, 'formation' | 'sizes'>): Record<string, number> {
  const bySize = new Map(sizes.map(({memory, name}) => [name.toLowerCase(), memory]))
  return Object.fromEntries(
    formation.flatMap(({size, type}) => {
      const memory = bySize.get(size.toLowerCase())
      return memory === undefined ? [] : [[type, memory]]
    }),
  )
}
