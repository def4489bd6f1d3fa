import type {AppState} from '../app/state.js'
import type {WindowFacts} from '../migrate/facts.js'
import {migrationLeft} from '../migrate/one-off/migration-left.js'
import {undoMigration} from '../migrate/one-off/undo-migration.js'
import {planMigrate} from '../migrate/plan.js'
import type {MigrateBefore, Migrated, MigrationKnown} from '../migrate/steps/migrate.js'
import {messageOf} from '../run/errors.js'
import {JournalUnreadable} from '../run/journal-read.js'
import type {Begun} from '../run/run.js'
import type {RunStory, StepStory} from '../run/run-story.js'
import type {Json, Plan} from '../run/step.js'
import type {ShipFacts} from '../ship/facts.js'
import {planBuild, planRelease} from '../ship/plan.js'
import type {ShipServices} from '../ship/services.js'
import type {Pushed} from '../ship/steps/push.js'

/** A run as its journal tells of it, with the steps that it was made of. */
export type Rebuilt = {
  story: RunStory
  app: {id: string; name: string}
  user: string
  /** What was true of the app before the run changed anything. */
  state: AppState
  window?: WindowFacts
  /** The plan that was under way last. */
  plan: Plan<ShipServices>
  /** Every step that has begun; `undone` also when it has been restored. */
  begun: Begun[]
  results: Map<string, Json>
  /** What is known of its migration; whoever learns more writes it here, and undo and `byHand` go by it. */
  known: MigrationKnown
}

/** Makes the plans of a run again from what its journal holds. @throws JournalUnreadable when that does not do */
export function rebuild(story: RunStory): Rebuilt {
  try {
    return build(story)
  } catch (error) {
    if (error instanceof JournalUnreadable) throw error
    throw new JournalUnreadable(`The journal of run ${story.run} can't be understood: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function build(story: RunStory): Rebuilt {
  const known: MigrationKnown = {}
  const {about, plans} = plansOf(story)
  const {window} = about
  const begun: Begun[] = []
  const results = new Map<string, Json>()
  for (const told of story.steps.filter(({plan}) => plan !== 'before')) {
    const step = plans.find(({name}) => name === told.plan)?.steps.find(({id}) => id === told.step)
    if (!step) throw new Error(`its plan has no step ${told.step}`)
    const one = {step: step.id === 'migrate' && window ? withKnown(step, window, known) : step, seen: told.seen}
    begun.push({...one, undone: false})
    if (told.ended === 'ok') results.set(step.id, told.result ?? null)
    for (const earlier of begun) noteEffect(earlier, {restores: step.restores, told})
  }

  for (const told of story.steps)
    for (const one of begun) if (one.step.id === told.step && told.undone) one.undone = true
  const plan = plans.at(-1)
  if (!plan) throw new JournalUnreadable(`Run ${story.run} had not begun: there is nothing to put right.`)
  return {story, ...about, plan, begun, results, known}
}

type About = Pick<Rebuilt, 'app' | 'state' | 'user' | 'window'>

function plansOf(story: RunStory): {about: About; plans: Array<Plan<ShipServices>>} {
  const {command, facts, plans} = story
  if (command === 'pipeline:maintenance-migrate') {
    const window = facts as unknown as WindowFacts
    const {app, state, user} = window
    const made = plans.filter(({plan}) => plan === 'window').map(() => planMigrate(window))
    return {about: {app, state, user, window}, plans: made}
  }

  if (command !== 'pipeline:ship')
    throw new JournalUnreadable(`Run ${story.run} is of ${command}: it can't be put right.`)
  const ship = facts as unknown as ShipFacts
  const {app, state, user, window} = ship
  const made = plans.flatMap(({input, plan, steps}): Array<Plan<ShipServices>> => {
    if (plan === 'build') return [planBuild(ship)]
    if (plan !== 'release') return []
    return [planRelease(ship, input as unknown as Pushed, {releases: steps.includes('release')})]
  })
  return {about: {app, state, user, ...(window ? {window} : {})}, plans: made}
}

/** What a later step did to the effect of an earlier one. */
function noteEffect(earlier: Begun, {restores, told}: {restores: string | undefined; told: StepStory}): void {
  const {id} = earlier.step
  if (told.ended === 'ok' && id === restores) earlier.undone = true
  if (told.standing.includes(id)) earlier.undone = false
  // A health check that fails shuts the site again; killed at that, it may have.
  if (told.step === 'health' && told.ended === undefined && id === 'maintenance-on') earlier.undone = false
}

/** The step, as far as its effect is concerned, for a process that did not run it; without a command that undoes it, it stays. */
function withKnown(step: Begun['step'], window: WindowFacts, known: MigrationKnown): Begun['step'] {
  const {undo: _, ...rest} = step
  return {
    ...rest,
    ...(window.migrateUndo && {
      undo: (seen: MigrateBefore, ctx: Parameters<typeof undoMigration>[3]) => undoMigration(window, seen, known, ctx),
    }),
    byHand: (seen: MigrateBefore, result?: Migrated) => migrationLeft(window, seen, known, result),
  }
}
