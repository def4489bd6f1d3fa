import {Refused, type Reason} from '../../app/refused.js'
import {listOf} from '../../app/words.js'
import {RUNTIME_METRICS} from '../../heroku/memory-api.js'
import {describeError} from '../../heroku/errors.js'
import {readArchives} from '../read/files.js'
import {emptyRecording, mergeRecordings} from '../recording.js'
import {LOG_LINES, readLogSession} from '../sources/log-session.js'
import {type MetricsRead, readMetrics} from '../sources/metrics.js'
import type {MemoryServices} from '../sources/services.js'
import type {Recording, Source} from '../types.js'
import {count, lasting} from '../views/numbers.js'
import {type AppFacts, readAppFacts} from './app-facts.js'

/** A source that was asked: what it gave, or why it gave nothing, as a sentence without a full stop. */
export type SourceNote = {source: Source | 'journal'; answered: boolean; says: string}

/** Of a log session: how many lines, from when to when, and why there are none. */
export type LogRead = {recording: Recording; lines: number; first?: number; last?: number; refusal?: string}

/** What was read, from wherever. */
export type Reading = {
  recording: Recording
  /** What the numbers are about, when it is not all of it. */
  subject?: Recording
  sources: SourceNote[]
  notes: string[]
  facts?: AppFacts
  /** Of an app's own sources, each alone: a comparison must know how far each reaches. */
  metrics?: MetricsRead[]
  log?: LogRead
}

const HOUR = 60 * 60_000
/** A chart begins a little before the release. */
const BEFORE_MS = HOUR / 2
/** Two hours (platform-facts §8.7), less what it takes to ask. */
const MINUTES_REACH_MS = 2 * HOUR - 120_000

/** Archives and stdin; with an app its releases and quotas too. @throws UsageError of the reader, PlatformError, Unreadable */
export async function readFiles(
  files: string[],
  given: {services?: MemoryServices; app?: string; signal: AbortSignal},
): Promise<Reading> {
  const {app, services, signal} = given
  const [recording, facts] = await Promise.all([
    readArchives(files, {signal}),
    app === undefined || !services ? undefined : readAppFacts(services, app),
  ])
  const source = files.every((file) => file === '-') ? 'stdin' : 'archive'
  return {
    recording,
    sources: [archiveNote(files, recording, source)],
    notes: facts?.notes ?? [],
    ...(facts ? {facts} : {}),
  }
}

export function archiveNote(
  files: string[],
  recording: Recording,
  source: 'archive' | 'stdin' = 'archive',
): SourceNote {
  const {counts, samples, span} = recording
  const names = files.map((file) => (file === '-' ? 'stdin' : file))
  const what = names.length > 4 ? `${names.length} archives` : listOf(names)
  const skipped = counts.skipped > 0 ? `; ${count(counts.skipped, 'line')} could not be read` : ''
  const reach = span ? ` over ${lasting(span.to - span.from)}` : ''
  return {source, answered: samples.length > 0, says: `${what}: ${count(samples.length, 'sample')}${reach}${skipped}`}
}

/**
 * An app's own sources: the metrics host and the log. `back`: how far the metrics are wanted to reach, the farthest first, given
 * the facts, as moments in ms: the farther, the wider are their buckets. @throws Refused, PlatformError, Unreadable
 */
export async function readApp(
  services: MemoryServices,
  app: string,
  back: (facts: AppFacts) => number[] = sinceRelease(services.clock.now()),
): Promise<Reading> {
  const logging = readLog(services, app)
  // Said below; an app that can't be read comes first.
  logging.catch(() => {})
  const facts = await readAppFacts(services, app)
  const types = facts.formation.filter(({quantity}) => quantity > 0)
  const [metrics, log] = await Promise.all([
    Promise.all(back(facts).map(async (from) => readMetrics(services, {app, appId: facts.app.id, types, from}))),
    logging,
  ])
  // What is said of one reach is true of all.
  const farthest = metrics[0]!
  return {
    recording: mergeRecordings(...metrics.map((read) => read.recording), log.recording),
    sources: [metricsNote(farthest, types), logNote(log, facts)],
    notes: [...facts.notes, ...loggedNotes(facts)],
    facts,
    metrics,
    log,
  }
}

/** From a little before the current release on; as long as minutes reach back to it, minutes; at most what ten minutes' buckets do. */
function sinceRelease(now: number): (facts: AppFacts) => number[] {
  return ({current}) => {
    const age = current ? now - current.at : 0
    return [now - (age < MINUTES_REACH_MS ? MINUTES_REACH_MS : Math.min(age + BEFORE_MS, 24 * HOUR))]
  }
}

async function readLog(services: MemoryServices, app: string): Promise<LogRead> {
  const read: LogRead = {recording: emptyRecording(), lines: 0}
  try {
    await readLogSession(services, app, {
      into: read.recording,
      seen({at}) {
        const time = Date.parse(at)
        if (Number.isNaN(time)) return
        read.lines += 1
        read.first ??= time
        read.last = time
      },
    })
  } catch (error) {
    services.signal.throwIfAborted()
    read.refusal = describeError(error)
  }

  return read
}

function metricsNote({recording, refusals, stepMs}: MetricsRead, types: unknown[]): SourceNote {
  const {length} = recording.samples
  const why = refusals.length > 0 ? refusals.join('; ') : types.length === 0 ? 'no dyno runs' : ''
  if (length === 0) return {source: 'metrics', answered: false, says: `the metrics API (undocumented): ${why}`}
  const {from, to} = recording.span!
  const says = `the metrics API (undocumented): ${count(length, 'value')} of ${lasting(stepMs)} each, over ${lasting(to - from + stepMs)}`
  return {source: 'metrics', answered: true, says: why ? `${says}; but ${why}` : says}
}

function logNote({first, last, lines, recording, refusal}: LogRead, {logged}: AppFacts): SourceNote {
  const {length} = recording.samples
  if (refusal) return {source: 'log-session', answered: false, says: `the log: ${refusal}`}
  const reach = first !== undefined && last !== undefined ? `, ${lasting(last - first)}` : ''
  const all = lines >= LOG_LINES ? ', all that Heroku keeps' : ''
  const off = logged === false ? `, for ${RUNTIME_METRICS} is off` : ''
  const samples = length > 0 ? count(length, 'sample') : `no samples of dynos${off}`
  return {
    source: 'log-session',
    answered: length > 0,
    says: `the log (${count(lines, 'line')}${reach}${all}): ${samples}`,
  }
}

function loggedNotes({app, logged}: AppFacts): string[] {
  if (logged !== false) return []
  return [
    `${RUNTIME_METRICS} is off, so dynos do not log their memory; R14 and R15 still come. ` +
      `Turn it on: heroku pipeline:memory --app ${app.name} --enable (dynos must restart then)`,
  ]
}

/** Nobody gave a sample or an event: there is no answer. @throws Refused */
export function refuseNothing({facts, recording, sources}: Reading): void {
  const tells = recording.events.some(({kind}) => kind === 'R14' || kind === 'R15' || kind === 'running')
  if (recording.samples.length > 0 || tells) return
  const reasons: Reason[] = sources.map(({says}) => ({message: `Nothing about memory in ${says}.`}))
  const last = reasons.at(-1)
  if (last && sources.every(({source}) => source === 'stdin'))
    last.fix = 'Name an app with --app, or archives with --from.'
  if (last && facts?.logged === false) last.fix = `heroku pipeline:memory --app ${facts.app.name} --enable`
  throw new Refused(reasons)
}
