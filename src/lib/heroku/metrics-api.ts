import {createRead} from './call.js'
import {fetchPages} from './fetch-page.js'
import {metricsOrigin} from './metrics-host.js'
import type {MetricsApi} from './metrics-types.js'
import {openFetch} from './open-fetch.js'
import {parseTypeMemory} from './parse-metrics.js'
import type {PlatformOptions} from './platform.js'
import {tellWaits} from './rate-limit.js'

const READ_MS = 15_000

/** The metrics host over the CLI's login (platform-facts §8.7). */
export function createMetricsApi({deadlines, onWait, ...common}: PlatformOptions): MetricsApi {
  const origin = () => metricsOrigin(common.heroku)
  const told = tellWaits(onWait, common.clock)
  const asking = {...common, onWait: told, fetch: openFetch(), origin, deadlineMs: deadlines?.readMs ?? READ_MS}
  const read = createRead(
    asking,
    fetchPages(asking, () => {}),
  )
  return {
    host: () => new URL(origin()).host,
    async memory({appId, end, start, step, type}) {
      const query = new URLSearchParams({
        start_time: new Date(start).toISOString(),
        end_time: new Date(end).toISOString(),
        step,
        process_type: type,
      })
      const path = `/apps/${encodeURIComponent(appId)}/formation/${encodeURIComponent(type)}/metrics/memory?${query}`
      return parseTypeMemory(await read(path))
    },
  }
}
