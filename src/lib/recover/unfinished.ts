import {type Reason, Refused} from '../app/refused.js'
import {recoverCommand} from '../app/words.js'
import type {Platform} from '../heroku/types.js'
import {JournalUnreadable, type JournalFile, listJournals} from '../run/journal-read.js'
import {mayBeOpen} from '../run/run-story.js'
import {isAtWork} from './at-work.js'
import {rebuild, type Rebuilt} from './rebuild.js'
import {isHeld, isOpen} from './standing.js'
import {whenAndWhat} from './words.js'

/** A run that waits to be put right, and its journal. */
export type OpenRun = {file: string; rebuilt: Rebuilt}

/** Runs on this app that wait to be put right, by the journals of this machine, the newest first. */
export function findOpenRuns(dataDir: string, app: {id: string; name: string}): OpenRun[] {
  return listJournals(dataDir, app.name)
    .filter(({story}) => mayBeOpen(story))
    .flatMap((journal) => runOf(journal, app) ?? [])
    .filter(({rebuilt}) => isOpen(rebuilt))
}

/** The last run on this app, if it holds: there may be no window to close, but a release to go back from. */
export function findHeldRun(dataDir: string, app: {id: string; name: string}): OpenRun[] {
  const newest = listJournals(dataDir, app.name).find(({story}) => story.command !== 'pipeline:recover')
  const run = newest && mayBeOpen(newest.story) ? runOf(newest, app) : undefined
  return run && isHeld(run.rebuilt) ? [run] : []
}

function runOf({file, story}: JournalFile, app: {id: string}): OpenRun | undefined {
  try {
    const rebuilt = rebuild(story)
    return rebuilt.app.id === app.id ? {file, rebuilt} : undefined
  } catch (error) {
    if (error instanceof JournalUnreadable) return undefined
    throw error
  }
}

/**
 * Reads facts for the next run on an app, and refuses when an earlier one has to be put right first: its worker=0 would be taken for
 * the truth (design §6). Costs nothing where there is no such run. @throws Refused with the reasons of both
 */
export async function readUnlessOpen<T>(
  {app, dataDir, platform}: {app: string; dataDir: string; platform: Platform},
  read: () => Promise<T>,
): Promise<T> {
  if (!listJournals(dataDir, app).some(({story}) => mayBeOpen(story))) return read()
  const [facts, open] = await Promise.allSettled([
    read(),
    platform.app(app).then((found) => unfinishedReasons(dataDir, found)),
  ])
  const reasons = open.status === 'fulfilled' ? open.value : []
  if (reasons.length === 0) {
    if (facts.status === 'rejected') throw facts.reason
    return facts.value
  }

  throw new Refused([
    ...reasons,
    ...(facts.status === 'rejected' && facts.reason instanceof Refused ? facts.reason.reasons : []),
  ])
}

async function unfinishedReasons(dataDir: string, app: {id: string; name: string}): Promise<Reason[]> {
  const [newest] = findOpenRuns(dataDir, app)
  if (!newest) return []
  const {story} = newest.rebuilt
  if (await isAtWork(story)) {
    return [
      {message: `${whenAndWhat(story)} is at work on ${app.name} (process ${story.pid}).`, fix: 'Wait for its end.'},
    ]
  }

  const how = story.outcome ? 'holds' : 'was killed'
  const message = `${whenAndWhat(story)} ${how}: ${app.name} may not be as it was.`
  return [{message, fix: recoverCommand(app.name)}]
}
