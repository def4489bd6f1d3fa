import type {Platform, Release} from '../heroku/types.js'
import {abortable} from '../run/abortable.js'
import type {StepContext} from '../run/step.js'

/** A release phase ends within 1 h by the platform's own rule (platform-facts §1.8); five minutes on top for its events. */
const RELEASE_DEADLINE_MS = 65 * 60_000
const POLL_MS = 2000

/**
 * Waits until a release is no longer pending: status is what counts, the output stream is decoration (design §4.6).
 * Resolves with the release as last seen: still `pending` when the deadline has passed. Reads that fail are repeated until then.
 * @throws the signal's reason when it aborts
 */
export async function waitForRelease(
  {clock, platform, signal}: StepContext & {platform: Platform},
  app: string,
  release: Release,
  deadlineMs = RELEASE_DEADLINE_MS,
): Promise<Release> {
  const deadline = clock.now() + deadlineMs
  let seen = release
  for (;;) {
    // A succeeded release becomes current a moment later: both together are the proof.
    if (seen.status === 'failed' || seen.status === 'expired' || (seen.status === 'succeeded' && seen.current))
      return seen
    if (clock.now() >= deadline) return seen
    await clock.sleep(POLL_MS, signal)
    try {
      seen = await abortable(platform.release(app, release.id), signal)
    } catch (error) {
      signal.throwIfAborted()
      if (clock.now() >= deadline) throw error
    }

    // Succeeded but never current: somebody's newer release took over. That is an answer, not a reason to wait for an hour.
    if (seen.status === 'succeeded' && !seen.current) {
      const newer = await abortable(platform.newestReleases(app, 5), signal)
      if (newer.some(({current, version}) => current && version > seen.version)) return seen
    }
  }
}
