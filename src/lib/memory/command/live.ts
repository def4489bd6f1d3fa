import type {LogLine} from '../../heroku/types.js'
import {emptyRecording, forgetBefore} from '../recording.js'
import {readLogSession} from '../sources/log-session.js'
import {readMetrics} from '../sources/metrics.js'
import type {MemoryServices} from '../sources/services.js'
import type {Recording} from '../types.js'
import {type AppFacts, quotasOf, readAppFacts} from './app-facts.js'

const MINUTE = 60_000
/** What a dashboard looks back on, ms. */
export const SHOWN_MS = 60 * MINUTE
const EVERY_MS = 1000

/** An app as it is watched. */
export type Live = {
  facts: AppFacts
  /** Of the log, the last hour of it. */
  recording: Recording
  /** Of the metrics host, from before the log was watched; empty when it said nothing. */
  history: Recording
  quotas: Record<string, number>
  now: number
  /** Log lines may be missing since then, ms; undefined: none are known to be. */
  gapAt?: number
  /** Why the metrics host gave nothing, or not everything. */
  refusals: string[]
}

/** Shows what is watched, once a second. */
export interface LiveView {
  show(live: Live): void
}

/**
 * Watches the memory of an app until the signal aborts, which ends quietly. Nothing older than an hour is kept.
 * @throws PlatformError, Unreadable when the app can't be read
 */
export async function watchMemory(services: MemoryServices, app: string, view: LiveView): Promise<void> {
  const {clock, signal} = services
  const facts = await readAppFacts(services, app)
  const types = facts.formation.filter(({quantity}) => quantity > 0)
  const live: Live = {
    facts,
    recording: emptyRecording(),
    history: emptyRecording(),
    quotas: quotasOf(facts),
    now: clock.now(),
    refusals: [],
  }
  const readHistory = readMetrics(services, {app, appId: facts.app.id, types, from: live.now - SHOWN_MS}).then(
    (read) => {
      live.history = read.recording
      live.refusals = read.refusals
    },
  )
  const ended = new AbortController()
  const seen = ({at, gap}: LogLine): void => {
    if (gap) live.gapAt = Date.parse(at) || clock.now()
  }
  const reading = readLogSession(services, app, {into: live.recording, seen, tail: true}).finally(() => ended.abort())
  // It is waited for below; until then nobody listens.
  reading.catch(() => {})

  const either = AbortSignal.any([signal, ended.signal])
  while (!either.aborted) {
    live.now = clock.now()
    for (const recording of [live.recording, live.history]) forgetBefore(recording, live.now - SHOWN_MS)
    view.show(live)
    await clock.sleep(EVERY_MS, either).catch(() => {})
  }

  await readHistory
  await reading.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
