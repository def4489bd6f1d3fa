import type {Platform} from '../platform.js'
import type {AppState} from '../state/types.js'
import {SAMPLE_EVERY_MS, writeSample} from './samples.js'

/**
 * What has happened is `ms` longer ago, releases, dynos and log lines, and the dynos that are up have logged their samples in
 * between, killed ones excepted. Nothing else happens in that time.
 */
export function passTime(platform: Platform, app: AppState, ms: number): void {
  const back = (iso: string): string => new Date(Date.parse(iso) - ms).toISOString()
  platform.log(app.name).age(ms)
  for (const dated of [...app.releases, ...platform.dynos(app).running()]) {
    dated.createdAt = back(dated.createdAt)
    dated.updatedAt = back(dated.updatedAt)
  }

  platform.changed()
  const now = Date.now()
  for (let at = now - ms + SAMPLE_EVERY_MS; at <= now; at += SAMPLE_EVERY_MS) {
    for (const dyno of platform.dynos(app).running()) writeSample(platform, app, dyno, new Date(at))
  }
}
