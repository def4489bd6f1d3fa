import type {End} from '../app/conduct.js'
import {summarize} from '../app/report.js'
import type {RunEvent} from '../run/events.js'
import type {Run} from '../run/run.js'
import {spanWords} from './backup/words.js'
import type {WindowFacts} from './facts.js'
import {nameMigration} from './report.js'

/** What a green end has to say besides what was done: how long the site was down, and how to go back. */
export function aroundTheChange(facts: WindowFacts, run: Run, events: RunEvent[]): string[] {
  const {downtimeMs} = summarize(events)
  return [
    ...(downtimeMs === undefined ? [] : [`The site was in maintenance for ${spanWords(downtimeMs)}.`]),
    ...(facts.maintenance === 'keep' && facts.state.maintenance
      ? [`Maintenance mode stays on, as it was found: heroku maintenance:off --app ${facts.app.name}`]
      : []),
    ...wayBack(run),
  ]
}

/** A hold once the migration may have begun: whoever decides has to know the way back to the data of before. */
export function withWayBack(end: End, run: Run): End {
  const migrated = run.begun.some(({step}) => step.pivot)
  if (end.outcome !== 'held' || !migrated) return end
  return {...end, message: [end.message, ...wayBack(run)].join('\n')}
}

/** The way back to the data of before, if there is one: sentences and commands. */
export function wayBack(run: Pick<Run, 'results'>): string[] {
  const back = nameMigration(run).goBack ?? []
  return back.flatMap(({command, what}) => [what, ...(command ? [`    ${command}`] : [])])
}
