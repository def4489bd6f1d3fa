import {dynoSizes} from '../formation/sizes.js'
import type {Dyno} from '../formation/dyno.js'
import type {Platform} from '../platform.js'
import type {AppState} from '../state/types.js'
import {valueOf} from './memory.js'

/** One pair of lines about every 20 s of the platform's time (platform-facts §8.3). */
export const SAMPLE_EVERY_MS = 20_000

/** From twice the quota on a process is killed; where Heroku draws the line is not known (platform-facts §8.4). */
const VASTLY = 2

/**
 * Begins the samples of a dyno and ends them with it. Only with `log-runtime-metrics` as the dyno starts, and only of types
 * that have a curve (platform-facts §8.3).
 */
export function sampleMemory(platform: Platform, app: AppState, dyno: Dyno): void {
  if (!app.features['log-runtime-metrics']) return
  dyno.sampled = true
  let cancel = (): void => {}
  const next = (): void => {
    cancel = platform.time.after(SAMPLE_EVERY_MS, () => {
      writeSample(platform, app, dyno, new Date())
      next()
    })
  }
  next()
  void dyno.process.exited.then(() => {
    dyno.sampled = false
    cancel()
  })
}

/** What is logged of a dyno at that moment; a process that uses far too much is killed (platform-facts §8.3, §8.4). */
export function writeSample(platform: Platform, app: AppState, dyno: Dyno, at: Date): void {
  const curve = platform.knobs(app.name).memoryCurves[dyno.type]
  if (!curve || !dyno.sampled || dyno.state !== 'up') return
  const total = valueOf(curve, at, {release: dyno.release.version, dyno: dyno.name})
  if (total === null) return
  const quota = (dynoSizes.find(([name]) => name === dyno.size)?.[1] ?? 0.5) * 1024
  const {killed, lines} = sampleLines(
    {name: dyno.name, instance: `${appNumber(app)}.${dyno.id}`, total, quota},
    dyno.size,
  )
  const log = platform.log(app.name)
  for (const line of lines) log.write('heroku', dyno.name, line, at)
  if (!killed) return
  dyno.sampled = false
  dyno.process.killForMemory()
}

type Sample = {name: string; instance: string; total: number; quota: number}

/** The texts of one sample, MiB, as Heroku words them; a dyno of a private space has no swap (platform-facts §8.3). */
function sampleLines({instance, name, quota, total}: Sample, size: string): {lines: string[]; killed: boolean} {
  const swaps = !/^(private|shield)-/i.test(size)
  const rss = Math.min(total, quota)
  const cache = Math.min(0.08, rss)
  const about = `source=${name} dyno=heroku.${instance}`
  const mb = (value: number): string => `${value.toFixed(2)}MB`
  const sample = {
    total: mb(total),
    rss: mb(rss - cache),
    cache: mb(cache),
    swap: mb(total - rss),
    pgpgin: '9pages',
    pgpgout: '0pages',
    quota: mb(quota),
  }
  const memory = Object.entries(sample).map(([key, value]) => `sample#memory_${key}=${value}`)
  const lines = [`${about} sample#load_avg_1m=0.00 sample#load_avg_5m=0.00`, `${about} ${memory.join(' ')}`]
  if (total <= quota) return {lines, killed: false}
  lines.push(`Process running mem=${Math.floor(total)}M(${((total / quota) * 100).toFixed(1)}%)`)
  if (swaps && total <= VASTLY * quota) return {lines: [...lines, 'Error R14 (Memory quota exceeded)'], killed: false}
  return {lines: [...lines, 'Error R15 (Memory quota vastly exceeded)', 'Stopping process with SIGKILL'], killed: true}
}

/** `dyno=heroku.<app number>.<uuid of the dyno>` (platform-facts §8.3). */
const appNumber = ({id}: AppState): number => Number.parseInt(id.slice(0, 7), 16)
