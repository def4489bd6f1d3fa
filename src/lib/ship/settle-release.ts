import type {Release} from '../heroku/types.js'
import {messageOf, StepError} from '../run/errors.js'
import type {StepContext} from '../run/step.js'
import type {ShipServices} from './services.js'
import type {Released, ReleaseBefore} from './steps/release.js'
import {waitForRelease} from '../app/wait-for-release.js'

type Context = ShipServices & StepContext

/**
 * Streams the release phase and waits for its end. `migrates`: a release phase was expected.
 * @throws StepError `release-phase-failed`, `release-unknown` while it is pending, `foreign` when a newer release is current
 */
export async function settleRelease(
  ours: Release,
  before: ReleaseBefore,
  migrates: boolean,
  ctx: Context,
): Promise<Released> {
  const {app} = before
  const over = new AbortController()
  const watching = watchOutput(ours, AbortSignal.any([ctx.signal, over.signal]), ctx)
  try {
    const settled = await waitForRelease(ctx, app, ours)
    if (settled.status === 'failed') {
      await lastWords(watching, ctx, 15_000)
      if (!migrates) throw new StepError('release-refused', `v${ours.version} failed.`)
      throw new StepError(
        'release-phase-failed',
        `The release phase of v${ours.version} failed; its output is above.`,
        {
          left: [
            {
              what: `The release phase of v${ours.version} failed: the schema of ${app} may be half applied.`,
              command: `heroku releases:output v${ours.version} --app ${app}`,
            },
          ],
        },
      )
    }

    if (settled.status !== 'succeeded') throw stillPending(ours, before, `v${ours.version} is still ${settled.status}.`)
    if (!settled.current) {
      throw new StepError('foreign', `v${ours.version} succeeded, but a newer release of somebody else is current.`, {
        left: [{what: `${app} runs somebody else's release.`, command: `heroku releases --app ${app}`}],
      })
    }

    await lastWords(watching, ctx, 5000)
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
async function lastWords(watching: Promise<void>, ctx: Context, ms: number): Promise<void> {
  await Promise.race([watching, ctx.clock.sleep(ms, ctx.signal).catch(() => {})])
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
