import {describeError, NotSent, OutcomeUnknown, PlatformError} from '../../heroku/errors.js'
import type {Release} from '../../heroku/types.js'
import {messageOf, StepError} from '../../run/errors.js'
import {exactlyOnce} from '../../run/exactly-once.js'
import type {Step, StepContext} from '../../run/step.js'
import {runsReleasePhase, type ShipFacts} from '../facts.js'
import {findCurrent, findOurs} from '../find-release.js'
import type {ShipServices} from '../services.js'
import {waitForRelease} from '../wait-for-release.js'
import {listOf} from '../words.js'
import type {Pushed} from './push.js'
import {undoRelease} from './undo-release.js'

/** What the release changes, read right before it: enough for another process to find our release and to go back. */
export type ReleaseBefore = {
  app: string
  user: string
  /** The release to go back to; null before the first. */
  recorded: {id: string; version: number} | null
  /** Why there is no way back; null when there is one. */
  noWayBack: string | null
  newest: number
  /** Images of the recorded release by type. */
  before: Record<string, string>
  /** Images of this ship by type: config digests. */
  images: Record<string, string>
}

/** The release that is live now. */
export type Released = {id: string; version: number; createdAt: string}

type Context = ShipServices & StepContext

/** When the answer was lost, the release shows within seconds or there is none: it may then be asked for again. */
const SETTLE_MS = [500, 1000, 2000, 4000]

/** Releases every image in one PATCH, by digest, and waits until the platform says succeeded and current. */
export function releaseImages(facts: ShipFacts, pushed: Pushed): Step<ShipServices, ReleaseBefore, Released> {
  const app = facts.app.name
  const migrates = runsReleasePhase(facts)
  const images = Object.fromEntries(Object.entries(pushed).map(([type, image]) => [type, image.config]))
  return {
    id: 'release',
    title: `Release ${listOf(Object.keys(images))} to ${app}${migrates ? ' and run the release phase' : ''}`,
    failsAs: 'release-refused',
    ...(migrates ? {pivot: true} : {}),
    async look({platform}) {
      const [releases, formation] = await Promise.all([platform.newestReleases(app, 10), platform.formation(app)])
      const current = findCurrent(releases) ?? null
      if ((current?.id ?? null) !== (facts.state.current?.id ?? null)) {
        const whose = current ? `v${current.version} by ${current.user} (${current.description})` : 'another release'
        throw new StepError('moved', `Somebody else released meanwhile: ${whose}. Ship again to go on from there.`)
      }

      const before = Object.fromEntries(formation.flatMap(({image, type}) => (image ? [[type, image]] : [])))
      const recorded = current && {id: current.id, version: current.version}
      const newest = Math.max(0, ...releases.map(({version}) => version))
      return {app, user: facts.user, recorded, noWayBack: facts.noWayBack ?? null, newest, before, images}
    },
    async run(before, ctx) {
      const ours = await sendOnce(before, ctx)
      return settleRelease(ours, before, migrates, ctx)
    },
    undo: (before, ctx) => undoRelease(before, ctx),
    byHand: (before) => leftOf(before),
    summary: ({version}) => `v${version}`,
  }
}

/** The command that takes our release back, as a person would type it. */
export function leftOf({app, noWayBack, recorded}: ReleaseBefore): {what: string; command: string} {
  return recorded && !noWayBack
    ? {
        what: `${app} may run this release now; before, it ran v${recorded.version}.`,
        command: `heroku releases:rollback v${recorded.version} --app ${app}`,
      }
    : {
        what: `${app} may run this release now, and there is none to go back to: look at its log.`,
        command: `heroku logs --app ${app}`,
      }
}

/** The PATCH, once; when its answer is lost, the platform is asked whether it happened. */
async function sendOnce(before: ReleaseBefore, ctx: Context): Promise<Release> {
  const {app, images, newest, user} = before
  const updates = Object.entries(images).map(([type, image]) => ({type, image}))
  const lookUp = async () => {
    return findOurs(await ctx.platform.newestReleases(app, 10), {newest, user, images: Object.values(images)})
  }

  try {
    return await exactlyOnce({
      clock: ctx.clock,
      signal: ctx.signal,
      settleMs: SETTLE_MS,
      async call() {
        const {warning} = await ctx.platform.releaseImages(app, updates)
        const release = await lookUp()
        if (release) return release
        if (warning) throw new StepError('release-refused', warning)
        throw new OutcomeUnknown({
          method: 'PATCH',
          path: `/apps/${app}/formation`,
          cause: new Error('no release followed'),
        })
      },
      lookUp,
      isUnknown: (error) => error instanceof OutcomeUnknown,
      isNotSent: (error) => error instanceof NotSent,
      // Safe to say again: images that run already make no second release (platform-facts §1.6).
      resend: true,
    })
  } catch (error) {
    if (error instanceof PlatformError || error instanceof NotSent) {
      throw new StepError('release-refused', describeError(error), {cause: error})
    }

    if (!(error instanceof OutcomeUnknown)) throw error
    // The answers were lost, but does the platform answer now? Then what it shows is the truth.
    const nothing = await lookUp().then(
      (release) => release === undefined,
      () => false,
    )
    throw new StepError(nothing ? 'release-refused' : 'release-unknown', describeError(error), {cause: error})
  }
}

/** Streams the release phase and waits for its end. */
async function settleRelease(ours: Release, before: ReleaseBefore, migrates: boolean, ctx: Context): Promise<Released> {
  const {app} = before
  const over = new AbortController()
  const watching = watchOutput(ours, AbortSignal.any([ctx.signal, over.signal]), ctx)
  try {
    const settled = await waitForRelease(ctx, app, ours)
    if (settled.status === 'failed') {
      await lastWords(watching, ctx)
      if (!migrates) throw new StepError('release-refused', `v${ours.version} failed.`)
      throw new StepError('release-phase-failed', `The release phase of v${ours.version} failed; its output is above.`)
    }

    if (settled.status !== 'succeeded') throw stillPending(ours, before, `v${ours.version} is still ${settled.status}.`)
    if (!settled.current) {
      throw new StepError('foreign', `v${ours.version} succeeded, but a newer release of somebody else is current.`, {
        left: [{what: `${app} runs somebody else's release.`, command: `heroku releases --app ${app}`}],
      })
    }

    await lastWords(watching, ctx)
    return {id: settled.id, version: settled.version, createdAt: settled.createdAt}
  } catch (error) {
    if (ctx.signal.aborted && !(error instanceof StepError)) {
      throw stillPending(ours, before, `interrupted while v${ours.version} is pending`)
    }

    if (error instanceof StepError) throw error
    throw stillPending(ours, before, `Can't see how v${ours.version} ends: ${messageOf(error)}`)
  } finally {
    over.abort()
  }
}

async function watchOutput(ours: Release, signal: AbortSignal, ctx: Context): Promise<void> {
  if (!ours.outputStreamUrl) return
  for await (const line of ctx.platform.releaseOutput(ours.outputStreamUrl, {signal})) ctx.log(line, 'release')
}

/** The status comes before the stream's last lines; they are worth a moment. */
async function lastWords(watching: Promise<void>, ctx: Context): Promise<void> {
  await Promise.race([watching, ctx.clock.sleep(3000, ctx.signal).catch(() => {})])
}

function stillPending(ours: Release, before: ReleaseBefore, message: string): StepError {
  const {app, recorded} = before
  const left = [
    {
      what: `v${ours.version} is pending and may still become current by itself; follow it.`,
      command: `heroku releases:output v${ours.version} --app ${app}`,
    },
    ...(recorded
      ? [
          {
            what: `Before, ${app} ran v${recorded.version}; once v${ours.version} has ended, this goes back.`,
            command: `heroku releases:rollback v${recorded.version} --app ${app}`,
          },
        ]
      : []),
  ]
  return new StepError('release-unknown', message, {left})
}
