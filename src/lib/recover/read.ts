import {requireLogin} from '../app/refusals.js'
import {Refused} from '../app/refused.js'
import {readState} from '../app/read-state.js'
import {recoverCommand} from '../app/words.js'
import {describeError} from '../heroku/errors.js'
import type {App} from '../heroku/types.js'
import type {PrebootSeen} from '../migrate/steps/preboot.js'
import type {ScaleSeen} from '../migrate/steps/scale-down.js'
import {JournalUnreadable, readJournalFile} from '../run/journal-read.js'
import type {Clock} from '../run/clock.js'
import type {ShipServices} from '../ship/services.js'
import {isAtWork} from './at-work.js'
import {differences, type Seen} from './compare.js'
import {type Pivot, readPivot} from './pivot.js'
import {rebuild, type Rebuilt} from './rebuild.js'
import {isHeld, isOpen, standingOpeners} from './standing.js'
import {findHeldRun, findOpenRuns, type OpenRun} from './unfinished.js'
import {whenAndWhat} from './words.js'

/** What there is to put right, as its journal and the platform tell. */
export type RecoverRead = OpenRun & {
  pivot: Pivot
  /** Sentences. */
  differs: string[]
  /** Nothing of the window that had been open is: somebody has closed it. */
  closed: boolean
  /** Open runs on the app besides this one. */
  others: number
  /** Its journal was named: a command that goes on from here names it as well. */
  named: boolean
}

/** What was found of an app: a run to put right, one that needs nothing any more, or no journal at all. */
export type Found = {app: App} & ({run: RecoverRead} | {settled: string} | {nothing: true})

/**
 * Finds the run to put right: that of the journal that is named, else the newest open one of this machine. Reads only.
 * @throws Refused
 */
export async function readRecovery(
  services: ShipServices,
  asked: {app: string; dataDir: string; journal?: string},
  clock: Clock,
): Promise<Found> {
  const {platform, token} = services
  requireLogin(token)

  try {
    const app = await platform.app(asked.app)
    const begun = asked.journal === undefined || hasBegun(asked.journal)
    if (!begun) return {app, settled: 'the run of this journal was over before it changed anything.'}
    const open = asked.journal === undefined ? findOpenRuns(asked.dataDir, app) : [named(asked.journal, app)]
    const [newest] = open.length > 0 ? open : findHeldRun(asked.dataDir, app)
    if (!newest) return {app, nothing: true}
    const {story} = newest.rebuilt
    if (!isOpen(newest.rebuilt) && !isHeld(newest.rebuilt)) {
      const by = story.settledBy === undefined ? 'it left nothing' : `run ${story.settledBy} has put it right`
      return {app, settled: `${whenAndWhat(story)} needs nothing: ${by}.`}
    }

    if (await isAtWork(story)) {
      const fix = `Wait for its end, or interrupt it: kill -INT ${story.pid}`
      throw new Refused([{message: `${whenAndWhat(story)} is still at work (process ${story.pid}).`, fix}])
    }

    const about = {others: Math.max(0, open.length - 1), named: asked.journal !== undefined}
    return {app, run: {...newest, ...about, ...(await look(newest, services, clock))}}
  } catch (error) {
    if (error instanceof Refused) throw error
    if (error instanceof JournalUnreadable) throw new Refused([{message: error.message}])
    throw new Refused([{message: describeError(error)}])
  }
}

const hasBegun = (journal: string): boolean => readJournalFile(journal).story.steps.length > 0

function named(journal: string, app: App): OpenRun {
  const {file, story} = readJournalFile(journal)
  const rebuilt = rebuild(story)
  if (rebuilt.app.id === app.id) return {file, rebuilt}
  const fix = recoverCommand(rebuilt.app.name, {journal})
  throw new Refused([{message: `The journal ${file} is of ${rebuilt.app.name}, not of ${app.name}.`, fix}])
}

async function look({rebuilt}: OpenRun, {platform}: ShipServices, clock: Clock) {
  const {signal} = new AbortController()
  const {app, state, window} = rebuilt
  const [{releases: _, ...now}, preboot, pivot] = await Promise.all([
    readState(platform, app.name),
    window ? platform.preboot(app.name) : undefined,
    readPivot(rebuilt, {platform, clock, signal, log() {}, progress() {}}),
  ])
  const seen = {state: now, preboot}
  return {pivot, closed: isClosed(rebuilt, seen), differs: differences({state, preboot: window?.preboot}, seen)}
}

/** A person may have put right by hand what a hold had told. */
function isClosed(rebuilt: Rebuilt, {preboot, state}: Seen): boolean {
  const openers = standingOpeners(rebuilt)
  return (
    openers.length > 0 &&
    openers.every(({seen, step}) => {
      if (step.id === 'maintenance-on') return !state.maintenance
      if (step.id === 'preboot-off') return preboot === (seen as PrebootSeen).preboot
      const types = Object.keys((seen as ScaleSeen).quantities)
      return (
        step.id === 'scale-down' &&
        types.every((type) => state.formation.some((one) => one.type === type && one.quantity > 0))
      )
    })
  )
}
