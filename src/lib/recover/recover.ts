import {conductRun, type End, endOf, type Words} from '../app/conduct.js'
import type {Session} from '../command/session.js'
import {wayBack} from '../migrate/words.js'
import {addToJournal} from '../run/journal-read.js'
import type {JournalEntry} from '../run/journal.js'
import {messageOf} from '../run/errors.js'
import type {Run} from '../run/run.js'
import {runPlan} from '../run/runner.js'
import type {PolicyRow, Step} from '../run/step.js'
import {undoAll} from '../run/undo.js'
import type {ShipServices} from '../ship/services.js'
import {decide, type Decision, type Way} from './decide.js'
import {followMigration, newsOf, type Pivot} from './pivot.js'
import type {RecoverRead} from './read.js'
import {choices, describe, type RecoverReport} from './report.js'
import {standingOpeners} from './standing.js'

/** Steps without an undo that may be left as they are by whoever goes back. */
const ONWARD = ['flush', 'migrate', 'restart']

const WORDS: Words = {not: 'Not put right', nothing: 'Nothing was changed.'}

/** Puts right what a run left: it is a run of its own, and notes in the journal of the other what came of it. */
export async function recover(
  read: RecoverRead,
  asked: Way | undefined,
  services: ShipServices,
  session: Session,
): Promise<RecoverReport> {
  const {app, begun, results, story} = read.rebuilt
  const said = describe(read, asked)
  const before = new Set(begun.filter(({undone}) => undone))
  const about = {app: app.name, facts: {recovers: story.run, way: asked ?? null}, notes: [], words: WORDS}
  const {report} = await conductRun(about, session, async (run): Promise<End> => {
    run.begun.push(...begun)
    for (const [step, result] of results) run.results.set(step, result)
    const end = await conduct(read, asked, services, run)
    const undone = begun.filter((one) => one.undone && !before.has(one)).map(({step}) => step.id)
    noteInOther(read, undone, end, run)
    return end
  })
  return {...report, ...said}
}

async function conduct(read: RecoverRead, asked: Way | undefined, services: ShipServices, run: Run): Promise<End> {
  let decision = decide(read, asked)
  if (decision.do === 'follow') {
    const followed = await follow(read, services, run)
    if ('end' in followed) return followed.end
    noteNews(read, followed.pivot, run.clock.now())
    decision = decide({...read, pivot: followed.pivot}, asked)
  }

  return carryOut(decision, read, services, run)
}

/** Notes in the journal how a migration ended that its own run did not see end. A journal that can't be written is read anew. */
export function noteNews({file}: RecoverRead, pivot: Pivot, now: number): void {
  const news = newsOf(pivot)
  if (!news) return
  try {
    addToJournal(file, now, [news])
  } catch {
    // Then the same is found out again.
  }
}

/** What was decided, once nothing is on its way any more. */
async function carryOut(decision: Decision, read: RecoverRead, services: ShipServices, run: Run): Promise<End> {
  const {app, plan} = read.rebuilt
  switch (decision.do) {
    case 'undo':
      return undo(read, services, run)
    case 'resume': {
      const verdict = await runPlan({...plan, name: 'resume', steps: decision.steps}, services, run, null)
      if (verdict.outcome !== 'done') return endOf(verdict, WORDS)
      return done([`${app.name} is put right: the run was carried to its end.`, ...wayBack(run)])
    }

    case 'settle':
      return done([`${app.name} needs nothing: what the run had opened is closed again.`])
    case 'choose':
      return held([`A person must decide: ${decision.why}`, ...wayBack(run)], choices(app.name, decision, read))
    case 'follow':
    case 'wait':
      return held([decision.why], run.left())
  }
}

async function undo({pivot, rebuilt}: RecoverRead, services: ShipServices, run: Run): Promise<End> {
  const {app, known, window} = rebuilt
  const stays = pivot.state !== 'none' && !known.notBegun && !window?.migrateUndo
  if (stays) run.emit({type: 'warning', message: `What the migration did to the database of ${app.name} stays.`})
  // It was said; and what only goes on from a migration is not wanted where one goes back.
  for (const one of rebuilt.begun) if (!one.step.undo && ONWARD.includes(one.step.id)) one.undone = true
  const open = [...rebuilt.begun].reverse().filter(({step, undone}) => step.undo && !undone)
  const steps = open.map(({step: {id, pivot, title}}) => ({id, title, pivot: pivot ?? false}))
  run.write({type: 'plan', plan: 'undo', steps: steps.map(({id}) => id), input: null})
  const {left} = await undoAll(services, run, {backToPivot: false, hurried: false})
  if (left.length > 0) return held(['Not everything could be undone.'], left)
  const except = stays ? ', except for what the migration did to the database' : ''
  return done([`${app.name} is put right: it is as it was before${except}.`, ...(stays ? wayBack(run) : [])])
}

/** Shows what the migration still does, until it has ended. */
async function follow({rebuilt}: RecoverRead, services: ShipServices, run: Run): Promise<{pivot: Pivot} | {end: End}> {
  let pivot: Pivot = {state: 'none'}
  const hold: PolicyRow = {
    when: 'the migration can not be followed',
    world: 'the migration goes on by itself',
    action: 'hold',
    exit: 4,
    says: 'Nothing was changed.',
  }
  const step: Step<ShipServices, null, void> = {
    id: 'follow',
    title: 'Follow the migration to its end',
    failsAs: 'follow',
    async run(_seen, ctx) {
      pivot = await followMigration(rebuilt, ctx)
    },
  }
  const plan = {name: 'follow', steps: [step], policy: {...rebuilt.plan.policy, follow: hold}}
  const verdict = await runPlan(plan, services, run, null)
  for (const [id, result] of rebuilt.results) run.results.set(id, result)
  return verdict.outcome === 'done' ? {pivot} : {end: endOf(verdict, WORDS)}
}

const done = (lines: string[]): End => ({outcome: 'done', exitCode: 0, message: lines.join('\n'), left: []})

function held(lines: string[], left: End['left']): End {
  return {outcome: 'held', exitCode: 4, message: lines.join('\n'), left}
}

/**
 * What was undone counts as undone from now on, whoever reads the journal; once it ended well, or what we can do is done, the
 * run waits for nobody any more.
 */
function noteInOther({file, rebuilt}: RecoverRead, undone: string[], end: End, run: Run): void {
  const settled = end.outcome === 'done' || (undone.length > 0 && standingOpeners(rebuilt).length === 0)
  const entries: JournalEntry[] = [
    ...undone.map((step) => ({type: 'undone', step, ok: true}) as const),
    ...(settled ? [{type: 'settled', by: run.id} as const] : []),
  ]
  if (entries.length === 0) return
  try {
    addToJournal(file, run.clock.now(), entries)
  } catch (error) {
    run.emit({type: 'warning', message: `Can't note in ${file} that it is put right: ${messageOf(error)}`})
  }
}
