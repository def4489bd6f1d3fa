import {describeError} from '../../heroku/errors.js'
import type {TypeMemory} from '../../heroku/metrics-types.js'
import {addSample, emptyRecording} from '../recording.js'
import type {Recording} from '../types.js'
import {chooseStep} from './metrics-step.js'
import type {MemoryServices} from './services.js'

/** What is wanted of the metrics host: the types that run, with their sizes, so far back. */
export type MetricsWish = {appId: string; app: string; types: Array<{type: string; size: string}>; from: number}

/** `refusals`: sentences, why types have no samples. `stepMs`: width of a bucket. */
export type MetricsRead = {recording: Recording; refusals: string[]; stepMs: number}

/** The memory of an app's process types from the metrics host. Never throws: it is undocumented (platform-facts §8.7). */
export async function readMetrics(
  {clock, metrics}: Pick<MemoryServices, 'clock' | 'metrics'>,
  {app, appId, from, types}: MetricsWish,
): Promise<MetricsRead> {
  const recording = emptyRecording()
  const refusals = new Set<string>()
  const end = clock.now()
  let widest = 0
  await Promise.all(
    types.map(async ({size, type}) => {
      const chosen = chooseStep(end - from, size)
      if (!chosen) {
        refusals.add(`Heroku keeps no metrics of ${size} dynos (${type})`)
        return
      }

      const {reachMs, step, stepMs} = chosen
      // A minute of slack: the host's clock is not ours, and what is older than its reach may be refused.
      const start = Math.max(from, end - reachMs + 60_000)
      try {
        const answer = await metrics.memory({appId, type, start, end, step})
        if (addTo(recording, type, answer, end) === 0) refusals.add(`it has no samples of ${type}`)
        else widest = Math.max(widest, stepMs)
      } catch (error) {
        // Every type is refused in the same words but for its path; and people know their app by its name.
        const words = describeError(error).replace(/\/apps\/\S+\/metrics\/[^\s:]*/, 'memory metrics')
        refusals.add(words.replaceAll(appId, app))
      }
    }),
  )
  return {recording, refusals: [...refusals].sort(), stepMs: widest}
}

/** How many samples it gave. The bucket that is not over yet is left out: it is only begun (platform-facts §8.7). */
function addTo(recording: Recording, type: string, answer: TypeMemory, now: number): number {
  const {max, mean, quota, start, stepMs, swap} = answer
  let added = 0
  for (const [index, peak] of max.entries()) {
    const at = start + index * stepMs
    if (peak === null || at + stepMs > now) continue
    const known = {swap: swap[index], quota: quota[index]}
    addSample(recording, 'metrics', {
      at,
      type,
      total: mean[index] ?? peak,
      peak,
      ...(typeof known.swap === 'number' ? {swap: known.swap} : {}),
      ...(known.quota ? {quota: known.quota} : {}),
    })
    added += 1
  }

  return added
}
