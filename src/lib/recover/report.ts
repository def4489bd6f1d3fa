import {stripVTControlCharacters} from 'node:util'

import type {RunReport} from '../app/report.js'
import {recoverCommand} from '../app/words.js'
import type {Left} from '../run/events.js'
import {listJournals} from '../run/journal-read.js'
import type {RunStory} from '../run/run-story.js'
import {wayBack} from '../migrate/words.js'
import {type Decision, decide, type Way} from './decide.js'
import type {RecoverRead} from './read.js'
import {standing} from './standing.js'
import {foundWords, whenAndWhat} from './words.js'

/** A run as `--list` shows it. */
export type ListedRun = {run: string; command: string; at: string; outcome: string; journal: string}

/** What `--json` prints of `pipeline:recover`. `found`, `differs` and `does` are sentences. */
export type RecoverReport = RunReport & {
  found?: string[]
  differs?: string[]
  does?: string[]
  runs?: ListedRun[]
}

/** What was found, what differs and what will be done, for the report and for whoever is asked. */
export function describe(read: RecoverRead, asked?: Way): Required<Pick<RecoverReport, 'differs' | 'does' | 'found'>> {
  const {differs, file, others, pivot, rebuilt} = read
  const more =
    others > 0 ? [`${others} more ${others === 1 ? 'run waits' : 'runs wait'} to be put right after it.`] : []
  return {
    found: [foundWords(rebuilt), ...(pivot.state === 'none' ? [] : [pivot.why]), `Its journal is ${file}`, ...more],
    differs,
    does: doesWords(read, decide(read, asked), asked),
  }
}

function doesWords({rebuilt}: RecoverRead, decision: Decision, asked?: Way): string[] {
  switch (decision.do) {
    case 'resume':
      return decision.steps.map(({title}) => title)
    case 'undo':
      return [...standing(rebuilt)].reverse().flatMap(({step: {id, title, undo}}) => {
        if (id === 'migrate' && !undo) return ['Leave what the migration did to the database as it is']
        return undo && id !== 'backup' ? [`Undo: ${title}`] : []
      })
    case 'follow':
      return [
        'Follow the migration to its end',
        asked ? `Then ${asked}` : 'Then, if it succeeds, carry the run to its end',
      ]
    case 'choose':
    case 'settle':
    case 'wait':
      return []
  }
}

/** The same as a person reads it. */
export function formatDescription({
  differs,
  does,
  found,
}: Required<Pick<RecoverReport, 'differs' | 'does' | 'found'>>): string {
  const block = (title: string, lines: string[]): string[] =>
    lines.length > 0 ? ['', title, ...lines.map((line) => `  ${line}`)] : []
  const text = [
    ...found,
    ...block('What differs from before:', differs.length > 0 ? differs : ['Nothing.']),
    ...block('What is to be done:', does),
  ].join('\n')
  // Some of it was read from a file.
  return stripVTControlCharacters(text)
}

/** The ways a person may choose, with the command for each, and what stands meanwhile. */
export function choices(app: string, decision: Decision & {do: 'choose'}, read: RecoverRead): Left[] {
  const {rebuilt} = read
  const journal = read.named ? {journal: read.file} : {}
  const what = {
    resume: 'To go on after the migration, once the schema is right:',
    rollback: `To go back to how ${app} was before, except for the database:`,
  }
  const ways = decision.may.map((way) => ({
    what: what[way],
    command: recoverCommand(app, {flags: [`--${way}`], ...journal}),
  }))
  const stands = [...standing(rebuilt)].reverse().flatMap(({left, seen, step}) => {
    return left ?? [step.byHand?.(seen, rebuilt.results.get(step.id)) ?? []].flat()
  })
  return [...ways, ...stands]
}

/** The answer when a person has to choose, before anything was touched. */
export function chooseMessage({why}: {why: string}, read: RecoverRead): string {
  return [`Nothing was changed: ${why}`, ...wayBack(read.rebuilt)].join('\n')
}

/** The answer to `--list`. */
export function listReport(app: string, dataDir: string): RecoverReport {
  const journals = listJournals(dataDir, app)
  const runs = journals.map(({file, story}) => {
    const {at, command, run} = story
    return {run, command, at, outcome: outcomeOf(story), journal: file}
  })
  const lines = journals.map(({file, story}) => `${whenAndWhat(story)}: ${outcomeOf(story)}\n    ${file}`)
  const message = lines.length > 0 ? lines.join('\n') : `There is no journal of a run on ${app} on this machine.`
  return {outcome: 'unchanged', exitCode: 0, app, message, runs, left: []}
}

function outcomeOf({outcome, settledBy}: RunStory): string {
  if (settledBy !== undefined) return `put right by run ${settledBy}`
  return outcome?.outcome ?? 'unfinished'
}
