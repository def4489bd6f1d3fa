import type {MemoryApi} from '../../heroku/memory-types.js'
import type {MetricsApi} from '../../heroku/metrics-types.js'
import type {Platform} from '../../heroku/types.js'
import type {Clock} from '../../run/clock.js'

/** What the sources are read with. */
export type MemoryServices = {
  platform: Pick<Platform, 'app' | 'formation' | 'logs' | 'newestReleases' | 'setFeature'>
  memory: MemoryApi
  metrics: MetricsApi
  clock: Clock
  /** Aborted, every read ends. */
  signal: AbortSignal
}
