import {createRead} from './call.js'
import type {DynoSize, MemoryApi} from './memory-types.js'
import type {PlatformOptions} from './platform.js'
import {tellWaits} from './rate-limit.js'
import {fieldsOf, listOf, maybeText, numberAt, textAt} from './record.js'

/** The app feature that makes dynos log their memory (platform-facts §8.3). */
export const RUNTIME_METRICS = 'log-runtime-metrics'

const READ_MS = 30_000

/** What the Platform API says of memory, over the CLI's login. Errors: PlatformError, Unreadable. */
export function createMemoryApi({deadlines, onWait, ...common}: PlatformOptions): MemoryApi {
  const told = tellWaits(onWait, common.clock)
  const read = createRead({...common, onWait: told, deadlineMs: deadlines?.readMs ?? READ_MS})
  return {
    async dynoSizes(app) {
      // Only this variant says for which generation a size is (platform-facts §8.6).
      const path = `/apps/${encodeURIComponent(app)}/available-dyno-sizes`
      return listOf(await read(path, {variant: '3.sdk'}), 'dyno size', parseDynoSize)
    },
    async metricsLogged(app) {
      const path = `/apps/${encodeURIComponent(app)}/features/${RUNTIME_METRICS}`
      return fieldsOf(await read(path), 'feature').enabled === true
    },
  }
}

function parseDynoSize(json: unknown): DynoSize {
  const size = fieldsOf(json, 'dyno size')
  const {cents} = (size.cost ?? {}) as {cents?: unknown}
  const generation = maybeText(size, 'generation', 'name')
  return {
    name: textAt(size, 'name', 'dyno size'),
    memory: numberAt(size, 'memory', 'dyno size') * 1024,
    ...(typeof cents === 'number' ? {cents} : {}),
    privateOnly: size.private_space_only === true,
    ...(generation ? {generation} : {}),
  }
}
