import {findCurrent, findOurs} from '../app/find-release.js'
import {findListed, findOneOff} from '../migrate/one-off/find.js'
import {endWords} from '../migrate/one-off/run-command.js'
import {followOneOff} from '../migrate/one-off/run-one-off.js'
import type {OneOffContext, OneOffEnd} from '../migrate/one-off/types.js'
import {shown} from '../migrate/one-off/words.js'
import type {MigrateBefore} from '../migrate/steps/migrate.js'
import type {JournalEntry} from '../run/journal.js'
import type {StepStory} from '../run/run-story.js'
import type {ReleaseBefore} from '../ship/steps/release.js'
import type {Rebuilt} from './rebuild.js'

/**
 * How the last migration or release phase of a run stands now. `none`: it has none that began, or one that certainly came to
 * nothing. `absent`: nothing shows that it began, which proves nothing. `why` is a sentence.
 */
export type Pivot =
  | {state: 'none'}
  | {
      state: 'absent' | 'failed' | 'pending' | 'succeeded' | 'unknown'
      step: 'migrate' | 'release'
      why: string
      /** It was found out now: its own journal does not say so, and nobody has been told. */
      news?: true
    }
  | {state: 'running'; step: 'migrate'; dyno: string; why: string}

/** A dyno that is followed gets at least so long, however long ago it began. */
const AT_LEAST_MS = 60_000

/** Looks where the journal leaves it open; what is learnt of a migration is noted in `rebuilt`. @throws errors of the platform */
export async function readPivot(rebuilt: Rebuilt, ctx: OneOffContext): Promise<Pivot> {
  const last = rebuilt.begun.findLast(({step, undone}) => step.pivot && !undone)
  const told = rebuilt.story.steps.findLast(({step}) => step === last?.step.id)
  if (!last || !told) return {state: 'none'}
  return told.step === 'release' ? readRelease(rebuilt, told, ctx) : readMigration(rebuilt, told, ctx)
}

async function readMigration(rebuilt: Rebuilt, told: StepStory, ctx: OneOffContext): Promise<Pivot> {
  const {known, window} = rebuilt
  const {app, nonce} = told.seen as MigrateBefore
  const command = shown(window!.migration!)
  if (told.ended === 'ok') return {state: 'succeeded', step: 'migrate', why: `${app} was migrated by ${command}.`}
  if (told.failsAs === 'migration-refused') {
    known.notBegun = true
    return {state: 'none'}
  }

  if (told.failsAs === 'migration-failed') {
    const dyno = await findOneOff(app, nonce, ctx).catch(() => undefined)
    if (dyno !== undefined) known.dyno = dyno
    known.end = {outcome: 'failed', dyno: dyno ?? '', ms: 0, why: told.message ?? ''}
    return {state: 'failed', step: 'migrate', why: `${told.message}.`}
  }

  const dyno = await findListed(app, nonce, ctx)
  if (dyno !== undefined) {
    known.dyno = dyno
    return {state: 'running', step: 'migrate', dyno, why: `${command} still runs in ${dyno}.`}
  }

  return followMigration(rebuilt, ctx)
}

/** Follows the migration to its end, if it is to be found. @throws the signal's reason; errors of the platform */
export async function followMigration(rebuilt: Rebuilt, ctx: OneOffContext): Promise<Pivot> {
  const {story, window} = rebuilt
  const {migration} = window!
  const told = story.steps.findLast(({step}) => step === 'migrate')!
  const {app, nonce} = told.seen as MigrateBefore
  const left = Date.parse(told.at) + migration!.timeoutMs - ctx.clock.now()
  const run = {app, command: migration!, nonce, timeoutMs: Math.max(left, AT_LEAST_MS)}
  const end = await followOneOff(run, ctx)
  ctx.signal.throwIfAborted()
  const pivot = noteEnd(rebuilt, end)
  const isNews = pivot.state === 'failed' || (pivot.state === 'unknown' && told.failsAs !== 'migration-unknown')
  return isNews ? {...pivot, news: true} : pivot
}

/** What the journal of the run should have said of it. */
export function newsOf(pivot: Pivot): JournalEntry | undefined {
  if (!('news' in pivot)) return undefined
  const failsAs = pivot.state === 'failed' ? 'migration-failed' : 'migration-unknown'
  return {type: 'end', step: pivot.step, ok: false, failsAs, message: pivot.why.replace(/\.$/, '')}
}

function noteEnd({app, known, results, window}: Rebuilt, end: OneOffEnd | undefined): Pivot {
  const command = shown(window!.migration!)
  const step = 'migrate'
  if (!end) return {state: 'absent', step, why: `Nothing shows that ${command} has begun, or how it ended.`}
  known.end = end
  if (end.dyno !== undefined) known.dyno = end.dyno
  if (end.outcome === 'succeeded') {
    results.set('migrate', {dyno: end.dyno, status: 0, ms: end.ms})
    return {state: 'succeeded', step, why: `${command} succeeded in ${end.dyno}.`}
  }

  return {state: end.outcome === 'failed' ? 'failed' : 'unknown', step, why: `${command} ${endWords(app.name, end)}.`}
}

/** A release with a release phase; what is current now decides. */
async function readRelease(rebuilt: Rebuilt, told: StepStory, {platform}: OneOffContext): Promise<Pivot> {
  const {app, images, newest, recorded, user} = told.seen as ReleaseBefore
  const step = 'release'
  if (told.ended === 'ok') return {state: 'succeeded', step, why: `The release phase on ${app} succeeded.`}
  const releases = await platform.newestReleases(app, 25)
  const ours = findOurs(releases, {newest, user, images: Object.values(images)})
  if (!ours) {
    if (findCurrent(releases)?.id === recorded?.id) return {state: 'none'}
    return {state: 'unknown', step, why: `What became of the release on ${app} is unknown: another one is current.`}
  }

  const {createdAt, id, status, version} = ours
  if (status === 'pending') return {state: 'pending', step, why: `The release phase of v${version} still runs.`}
  if (status !== 'succeeded') {
    return {state: 'failed', step, why: `The release phase of v${version} failed: the schema may be half applied.`}
  }

  rebuilt.results.set('release', {id, version, createdAt})
  return {state: 'succeeded', step, why: `The release phase of v${version} succeeded.`}
}
