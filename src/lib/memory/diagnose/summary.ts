import {rounded} from '../recording.js'
import type {MemoryEvent, Recording} from '../types.js'
import {growthOf, SURE} from './growth.js'
import {median, quantile, sorted} from './statistics.js'
import type {Track} from './tracks.js'
import type {GrowthSummary, Summary} from './types.js'

/**
 * What the samples of some instances, and what happened to them, come to.
 * @param known the quota of the dyno size, MiB, for lines that say none
 */
export function summary(
  recording: Recording,
  tracks: Track[],
  events: MemoryEvent[],
  known: number | undefined,
): Summary {
  const {samples} = recording
  const count = tracks.reduce((sum, {rows}) => sum + rows.length, 0)
  const totals = new Float64Array(tracks.reduce((sum, {rows, warm}) => sum + rows.length - warm, 0))
  const highs = new Float64Array(totals.length)
  let filled = 0
  let peak = 0
  let swap: number | undefined
  let quota: {at: number; is: number} | undefined
  let [first, last] = [Infinity, -Infinity]
  for (const {rows, warm} of tracks) {
    for (const [index, row] of rows.entries()) {
      const total = samples.total[row]!
      const high = Number.isNaN(samples.peak[row]!) ? total : samples.peak[row]!
      if (index >= warm) {
        totals[filled] = total
        highs[filled++] = high
      }
      peak = Math.max(peak, high)
      if (!Number.isNaN(samples.swap[row]!)) swap = Math.max(swap ?? 0, samples.swap[row]!)
      if (!Number.isNaN(samples.quota[row]!) && !(quota && quota.at > samples.at[row]!)) {
        quota = {at: samples.at[row]!, is: samples.quota[row]!}
      }
      first = Math.min(first, samples.at[row]!)
      last = Math.max(last, samples.at[row]!)
    }
  }
  const running = events.filter((event) => event.kind === 'running')
  for (const {total} of running) peak = Math.max(peak, total)
  const baseline = median(totals.sort())
  const growth = leading(tracks.map((track) => growthOfTrack(recording, track)))
  const said = quotaOf(quota?.is, running, known)
  return {
    samples: count,
    ...(count > 0 && {from: first, to: last}),
    ...(totals.length > 0 && {baseline: rounded(baseline), p95: rounded(quantile(highs.sort(), 0.95))}),
    ...(peak > 0 && {peak: rounded(peak)}),
    ...(swap !== undefined && {swap: rounded(swap)}),
    ...(growth && {growth}),
    ...said,
    ...(said && peak > 0 && {headroom: rounded(said.quota - peak)}),
    r14: counted(events, 'R14'),
    r15: counted(events, 'R15'),
    oomKills: counted(events, 'exit'),
    ...(count > 0 && totals.length === 0 && {onlyWarmUp: true}),
  }
}

/** The highest total of an instance, MiB. */
export function highest({samples}: Recording, {rows}: Track): number {
  let most = 0
  for (const row of rows)
    most = Math.max(most, samples.total[row]!, Number.isNaN(samples.peak[row]!) ? 0 : samples.peak[row]!)
  return most
}

function growthOfTrack({samples}: Recording, {rows, warm}: Track): GrowthSummary | undefined {
  const used = [...rows.subarray(warm)]
  const values = used.map((row) => samples.total[row]!)
  const growth = growthOf(
    used.map((row) => samples.at[row]!),
    values,
    median(sorted(values)),
  )
  return growth && {...growth, perHour: rounded(growth.perHour)}
}

/**
 * Of several instances the suspected one that grows fastest; of none suspected the one that was watched for longest. The more one
 * looks at, the likelier that one of them grows by chance: each has to be the surer.
 */
function leading(growths: Array<GrowthSummary | undefined>): GrowthSummary | undefined {
  const all = growths.filter((growth) => growth !== undefined)
  const sure = all.map((growth) => ({...growth, suspected: growth.suspected && growth.p * all.length < SURE}))
  const suspected = sure.filter((growth) => growth.suspected)
  if (suspected.length > 0) return suspected.sort((a, b) => b.perHour - a.perHour)[0]
  return sure.sort((a, b) => b.hours - a.hours || b.perHour - a.perHour)[0]
}

type Running = Extract<MemoryEvent, {kind: 'running'}>

/** What lines say comes first, then what `mem=590M(115.2%)` comes to, then what the app's dyno size has now. */
function quotaOf(
  line: number | undefined,
  running: Running[],
  known: number | undefined,
): Required<Pick<Summary, 'quota' | 'quotaFrom'>> | undefined {
  if (line !== undefined) return {quota: rounded(line), quotaFrom: 'line'}
  const last = running.findLast(({percent}) => percent > 0)
  // All sizes are multiples of 512 MiB (platform-facts §8.6); megabytes and percents are cut, so that the quotient is a little off.
  const quotient = last && (last.total / last.percent) * 100
  const whole = quotient && Math.round(quotient / 512) * 512
  if (whole && Math.abs(whole - quotient) < 0.01 * whole) return {quota: whole, quotaFrom: 'percent'}
  return known === undefined ? undefined : {quota: known, quotaFrom: 'dyno-size'}
}

function counted(events: MemoryEvent[], kind: MemoryEvent['kind']): {count: number; first?: number} {
  const moments = events.filter((event) => event.kind === kind).map(({at}) => at)
  return moments.length === 0 ? {count: 0} : {count: moments.length, first: moments.reduce((a, b) => Math.min(a, b))}
}
