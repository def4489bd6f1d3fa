import {Refused, type Reason} from '../../app/refused.js'
import {compareReleases, compareSides, summarizeSide} from '../compare/compare.js'
import {WARM_UP_MS} from '../diagnose/diagnose.js'
import {readArchives} from '../read/files.js'
import {emptyRecording, mergeRecordings} from '../recording.js'
import type {MetricsRead} from '../sources/metrics.js'
import type {MemoryServices} from '../sources/services.js'
import type {Comparison, MemorySide, Recording, Release} from '../types.js'
import {count, lasting} from '../views/numbers.js'
import type {AppFacts} from './app-facts.js'
import type {CompareRequest} from './compare-request.js'
import {archiveNote, type LogRead, readApp, type Reading} from './reading.js'

/** A comparison, and everything that was read for it. */
export type Compared = {comparison: Comparison; reading: Reading}

/** The journaled memory of a release, if a ship has kept one on this machine. */
export type Baselines = (version: number) => MemorySide | undefined

/** Fewer samples of a dyno in the log than come in ten minutes carry no side. */
const CARRIES = 30
/** How much of the older release is wanted, ms. */
const BEFORE_MS = 90 * 60_000

/** Two archives against each other. @throws UsageError of the reader, Refused when one of them has no sample */
export async function compareArchives(
  {after, before}: {before: string; after: string},
  signal: AbortSignal,
): Promise<Compared> {
  const files = [before, after]
  // One after the other: stdin may be one of them, and both at once would need the memory of both readers.
  const recordings: Recording[] = []
  for (const file of files) recordings.push(await readArchives([file], {signal}))
  const sources = recordings.map((recording, index) => archiveNote([files[index]!], recording))
  const empty = sources.filter(({answered}) => !answered)
  if (empty.length > 0) throw new Refused(empty.map(({says}) => ({message: `Nothing to compare in ${says}.`})))
  const [left, right] = recordings.map((recording, index) => summarizeSide(recording, {label: files[index]!}))
  const recording = mergeRecordings(...recordings)
  const reading = {recording, subject: recordings[1]!, sources, notes: []}
  return {comparison: compareSides(left!, right!), reading}
}

/** Two releases of one recording. @throws Refused when it has not both */
export function compareRecorded(reading: Reading, compare: CompareRequest & {what: 'previous' | 'versions'}): Compared {
  const {facts, recording} = reading
  const versions = compare.what === 'versions' ? {before: compare.before, after: compare.after} : {}
  const result = compareReleases(recording, {releases: facts?.releases ?? [], ...versions})
  if (result.comparison) return {comparison: result.comparison, reading}
  const has = result.versions.map((version) => `v${version}`).join(', ')
  const message =
    result.versions.length > 0
      ? `The archives have samples of ${has} only: there are no two releases to compare.`
      : 'No line of the archives says when a release was made.'
  throw new Refused([{message, ...(facts ? {} : {fix: 'With --app APP the releases are read from Heroku.'})}])
}

/**
 * Two releases of an app: each side from the metrics host, else from the journal of the ship that replaced it, else from the log,
 * if that reaches far enough. @throws Refused when a side has no source that carries it, PlatformError, Unreadable
 */
export async function compareApp(
  services: MemoryServices,
  app: string,
  compare: CompareRequest & {what: 'previous' | 'versions'},
  baselines: Baselines,
): Promise<Compared> {
  const now = services.clock.now()
  const reading = await readApp(services, app, (facts) => {
    const {after, before} = choosePair(facts, compare, now)
    return [before.to - BEFORE_MS, after.from]
  })
  const pair = choosePair(reading.facts!, compare, now)
  const since = pair.after.from
  const journaled = baselines(pair.before.version)
  const before = sideOf(pair.before, reading, {metrics: reading.metrics?.[0], journaled, since})
  const after = sideOf(pair.after, reading, {metrics: reading.metrics?.[1], since})
  const missing = [before, after].flatMap((side) => ('missing' in side ? [side.missing] : []))
  if ('missing' in before || 'missing' in after) {
    throw new Refused([...missing, ...reading.sources.map(({says}) => ({message: `What there is: ${says}.`}))])
  }

  if (before.journaled) {
    const says = `the journal of the ship that replaced ${before.side.label}: its memory before that`
    reading.sources.push({source: 'journal', answered: true, says})
  }

  const about = after.recording ? {subject: mergeRecordings(after.recording, reading.log!.recording)} : {}
  return {comparison: compareSides(before.side, after.side), reading: {...reading, ...about}}
}

/** A release and the time it ran, ms. */
type Ran = {version: number; from: number; to: number}

/** @throws Refused when the app has not had both releases */
function choosePair(
  {app, current, releases}: AppFacts,
  compare: CompareRequest,
  now: number,
): {before: Ran; after: Ran} {
  const sorted = [...releases].sort((a, b) => a.version - b.version)
  const ran = (release: Release): Ran => {
    const next = sorted.find(({version}) => version > release.version)
    return {version: release.version, from: release.at, to: next?.at ?? now}
  }
  const wanted =
    compare.what === 'versions'
      ? [compare.before, compare.after].map((version) => sorted.find((release) => release.version === version))
      : [previousOf(sorted, current, ran), current]
  const [before, after] = wanted
  if (before && after) return {before: ran(before), after: ran(after)}
  if (compare.what === 'versions') {
    const gone = [compare.before, compare.after].filter((_, index) => !wanted[index]).map((version) => `v${version}`)
    const fix = `heroku releases --app ${app.name}`
    throw new Refused([{message: `${app.name} has never run ${gone.join(' nor ')}, or too long ago.`, fix}])
  }

  throw new Refused([{message: `${app.name} has run one release only: there is nothing to compare it with.`}])
}

/** The release before the current one; of releases minutes apart, such as config changes, the last that ran past its warm-up. */
function previousOf(
  sorted: Release[],
  current: Release | undefined,
  ran: (release: Release) => Ran,
): Release | undefined {
  const older = sorted.filter(({version}) => version < (current?.version ?? 0))
  const long = older.findLast((release) => ran(release).to - release.at > 2 * WARM_UP_MS)
  return long ?? older.at(-1)
}

type Side = {side: MemorySide; journaled: boolean; recording?: Recording} | {missing: Reason}

function sideOf(
  {from, to, version}: Ran,
  {facts, log: logRead}: Reading,
  {journaled, metrics, since}: {metrics: MetricsRead | undefined; journaled?: MemorySide | undefined; since: number},
): Side {
  const given = {label: `v${version}`, version, from, to}
  const log = logRead?.recording
  const measured = metrics
    ? summarizeSide(mergeRecordings(metrics.recording, errorsOf(logRead, since)), given)
    : undefined
  // A ship looked just before, at minutes; what is left by now may be values of hours.
  const known = measured ? samplesOf(measured) : 0
  if (journaled && samplesOf(journaled) > known) return {side: journaled, journaled: true}
  if (measured && metrics && known > 0) return {side: measured, journaled: false, recording: metrics.recording}
  const logged = log ? summarizeSide(log, given) : undefined
  if (logged?.types.some(({dynos, samples}) => samples >= CARRIES * Math.max(1, dynos))) {
    return {side: logged, journaled: false, ...(log ? {recording: log} : {})}
  }

  return {missing: missingReason(given, logged, facts)}
}

/** R14 and R15 are in the log only: they say something when it has all of the newer release, so that none means none. */
function errorsOf(log: LogRead | undefined, since: number): Recording {
  const reaches = log?.first !== undefined && log.first <= since
  return {...emptyRecording(), events: reaches ? log.recording.events : []}
}

const samplesOf = ({types}: MemorySide): number => types.reduce((sum, {samples}) => sum + samples, 0)

function missingReason(
  {from, label, to}: {label: string; from: number; to: number},
  logged: MemorySide | undefined,
  facts: AppFacts | undefined,
): Reason {
  const young = to - from < 2 * WARM_UP_MS
  if (young) {
    const message = `${label} ran for ${lasting(to - from)}: its first ${lasting(WARM_UP_MS)} are warm-up, so there is too little of it.`
    return to > from && facts?.current?.at === from ? {message, fix: 'Ask again in half an hour.'} : {message}
  }

  const few = logged ? samplesOf(logged) : 0
  const log = few > 0 ? ` The log has ${count(few, 'sample')} of it, which is too short to compare.` : ''
  const fix = 'An archive of the log carries it: --from FILE.'
  return {message: `No source reaches back to ${label}.${log}`, fix}
}
