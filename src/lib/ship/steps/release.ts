import {StepError} from '../../run/errors.js'
import type {Left} from '../../run/events.js'
import type {Step} from '../../run/step.js'
import {runsReleasePhase, type ShipFacts} from '../facts.js'
import {findCurrent} from '../../app/find-release.js'
import {sendRelease} from '../send-release.js'
import type {ShipServices} from '../services.js'
import {settleRelease} from '../settle-release.js'
import {listOf} from '../../app/words.js'
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
      const ours = await sendRelease(before, ctx)
      return settleRelease(ours, before, migrates, ctx)
    },
    undo: (before, ctx) => undoRelease(before, ctx),
    byHand: (before, released) => leftOf(before, released),
    summary: ({version}) => `v${version}`,
  }
}

/** What stays when our release stays, and the command that takes it back, as a person would type it. */
function leftOf({app, noWayBack, recorded}: ReleaseBefore, released: Released | undefined): Left {
  const now = released ? `${app} runs v${released.version}` : `${app} may run the new release`
  return recorded && !noWayBack
    ? {
        what: `${now}; before, it ran v${recorded.version}.`,
        command: `heroku releases:rollback v${recorded.version} --app ${app}`,
      }
    : {what: `${now}, and there is nothing to go back to: look at its log.`, command: `heroku logs --app ${app}`}
}
