import {describeError, NotSent, OutcomeUnknown} from '../../heroku/errors.js'
import type {Release} from '../../heroku/types.js'
import {messageOf, UndoError} from '../../run/errors.js'
import {exactlyOnce} from '../../run/exactly-once.js'
import type {StepContext} from '../../run/step.js'
import {findCurrent, findOurs, findRollback} from '../../app/find-release.js'
import type {ShipServices} from '../services.js'
import {waitForDynos} from '../../app/wait-for-dynos.js'
import {waitForRelease} from '../../app/wait-for-release.js'
import type {ReleaseBefore} from './release.js'

type Context = ShipServices & StepContext

/** A rollback is a release without a release phase here: a minute is long. */
const ROLLBACK_DEADLINE_MS = 5 * 60_000

/**
 * Takes our release back: Heroku's rollback to the recorded one, awaited and verified. Right whether the release never happened,
 * is pending, is live or has been rolled back already; never over somebody else's. @throws UndoError with what is left
 */
export async function undoRelease(before: ReleaseBefore, ctx: Context): Promise<string> {
  const {app, images, newest, recorded, user} = before
  const releases = await ctx.platform.newestReleases(app, 10)
  const current = findCurrent(releases)
  const ours = findOurs(releases, {newest, user, images: Object.values(images)})
  const untouched = (current?.id ?? null) === (recorded?.id ?? null)

  if (ours?.status === 'pending') throw pending(ours, before)
  if (untouched) return current ? `${app} still runs v${current.version}` : `${app} has no release, as before`
  if (!ours || !current) throw foreign(before, current)

  const done = recorded && findRollback(releases, {after: ours.version, user, version: recorded.version})
  if (done && done.id === current.id) return verify(done, before, ctx)
  if (current.id !== ours.id) throw foreign(before, current)
  if (!recorded || before.noWayBack) throw noWayBack(ours, before)

  const rollback = await rollBack(ours, {...before, recorded}, ctx)
  return verify(rollback, before, ctx)
}

async function rollBack(
  ours: Release,
  before: ReleaseBefore & {recorded: {id: string; version: number}},
  ctx: Context,
): Promise<Release> {
  const {app, recorded, user} = before
  try {
    return await exactlyOnce({
      clock: ctx.clock,
      signal: ctx.signal,
      call: () => ctx.platform.rollback(app, recorded.id),
      async lookUp() {
        const releases = await ctx.platform.newestReleases(app, 10)
        return findRollback(releases, {after: ours.version, user, version: recorded.version})
      },
      isUnknown: (error) => error instanceof OutcomeUnknown,
      isNotSent: (error) => error instanceof NotSent,
    })
  } catch (error) {
    throw new UndoError(
      `Can't roll ${app} back to v${recorded.version}: ${describeError(error)}`,
      leftRunning(ours, before),
    )
  }
}

/** The rollback is only done when the platform runs the recorded images again, dynos included. */
async function verify(rollback: Release, before: ReleaseBefore, ctx: Context): Promise<string> {
  const again = `${before.app} runs v${before.recorded!.version} again as v${rollback.version}`
  if (ctx.hurried) return again
  try {
    const settled = await seeCurrent(rollback, before, ctx)
    await seeImages(before, ctx)
    await waitForDynos({app: before.app, release: settled, stableForMs: 0}, ctx)
  } catch (error) {
    if (error instanceof UndoError) throw error
    // A signal ends the waits of an undo; the rollback itself has been seen.
    if (ctx.hurried) return again
    const message = `${again}, but its dynos do not come up: ${messageOf(error)}`
    throw new UndoError(message, {what: message, command: `heroku logs --app ${before.app}`})
  }

  return again
}

async function seeCurrent(rollback: Release, {app, recorded}: ReleaseBefore, ctx: Context): Promise<Release> {
  const settled = await waitForRelease(ctx, app, rollback, ROLLBACK_DEADLINE_MS)
  if (settled.status === 'succeeded' && settled.current) return settled
  const message = `The rollback v${rollback.version} is ${settled.status}${settled.current ? '' : ', and not current'}.`
  const command = `heroku releases:info v${rollback.version} --app ${app}`
  throw new UndoError(message, {what: `${message} ${app} ran v${recorded!.version} before.`, command})
}

async function seeImages({app, before, recorded}: ReleaseBefore, {platform}: Context): Promise<void> {
  const formation = await platform.formation(app)
  const wrong = formation.filter(({image, type}) => before[type] && image !== before[type]).map(({type}) => type)
  if (wrong.length === 0) return
  const message = `After the rollback ${wrong.join(', ')} of ${app} does not run the image of v${recorded!.version}.`
  throw new UndoError(message, {what: message, command: `heroku releases --app ${app}`})
}

function pending(ours: Release, {app, recorded}: ReleaseBefore): UndoError {
  const message = `v${ours.version} is still pending and may become current by itself.`
  const then = recorded ? ` Then go back with heroku releases:rollback v${recorded.version} --app ${app}.` : ''
  return new UndoError(message, {what: message + then, command: `heroku releases:info v${ours.version} --app ${app}`})
}

function foreign({app}: ReleaseBefore, current: Release | undefined): UndoError {
  const whose = current ? `v${current.version} by ${current.user} (${current.description})` : 'not our release'
  const message = `${app} runs ${whose}: that is left as it is.`
  return new UndoError(message, {what: message, command: `heroku releases --app ${app}`})
}

function noWayBack(ours: Release, before: ReleaseBefore): UndoError {
  const {app} = before
  const message = `${app} runs v${ours.version}, and there is nothing to go back to: ${before.noWayBack ?? 'it is the first release'}.`
  return new UndoError(message, {what: message, command: `heroku logs --app ${app}`})
}

function leftRunning(ours: Release, {app, recorded}: ReleaseBefore): {what: string; command: string} {
  return {
    what: `${app} runs v${ours.version}; before, it ran v${recorded!.version}.`,
    command: `heroku releases:rollback v${recorded!.version} --app ${app}`,
  }
}
