import {conductRun, type End, endOf} from '../app/conduct.js'
import {readState} from '../app/read-state.js'
import type {AppState} from '../app/state.js'
import {listOf, shortDigest} from '../app/words.js'
import type {Session} from '../command/session.js'
import {describeError} from '../heroku/errors.js'
import {type Hooks, hooksFor} from '../migrate/hooks.js'
import {nameMigration} from '../migrate/report.js'
import {aroundTheChange, withWayBack} from '../migrate/words.js'
import type {Run} from '../run/run.js'
import {runPlan} from '../run/runner.js'
import type {Json} from '../run/step.js'
import type {ShipFacts} from './facts.js'
import {openMemoryBaseline} from './memory-baseline.js'
import {decideRelease, planBuild, planRelease} from './plan.js'
import {listImages, nameRelease, type ShipReport} from './report.js'
import type {ShipServices} from './services.js'
import type {Pushed} from './steps/push.js'
import type {Released} from './steps/release.js'

const WORDS = {not: 'Not shipped', nothing: 'Nothing was released.'}

/**
 * A ship is two plans in a row: build and push; then, from the digests that came of it, the release and its wait. What is
 * unchanged is known only between the two. Everything that goes wrong is in the report, exit code included.
 */
export async function ship(
  facts: ShipFacts,
  hooks: Hooks,
  services: ShipServices,
  session: Session,
): Promise<ShipReport> {
  const app = facts.app.name
  // The only thing left of a ship without a window is its release.
  const recovers = facts.window !== undefined || facts.noWayBack === undefined
  const about = {app, facts: facts as unknown as Json, notes: facts.notes, words: WORDS, recovers}
  const aside = hooksFor(hooks, {app, command: 'pipeline:ship'}, session)
  const {report, run} = await conductRun({...about, ...aside}, session, async (run) => {
    const memory = openMemoryBaseline(facts, services.metrics, run)
    return conduct(facts, services, run, session, memory).finally(memory.close)
  })
  return {
    ...report,
    ...nameRelease(report.outcome === 'done' ? (run.results.get('release') as Released) : undefined),
    ...listImages(run.results.get('push') as Pushed | undefined),
    ...nameMigration(run),
  }
}

async function conduct(
  facts: ShipFacts,
  services: ShipServices,
  run: Run,
  session: Session,
  memory: ReturnType<typeof openMemoryBaseline>,
): Promise<End> {
  const built = await runPlan(planBuild(facts), services, run, null)
  if (built.outcome !== 'done') return endOf(built, WORDS)

  const pushed = run.results.get('push') as Pushed
  const state = await readAgain(facts, services)
  if ('failed' in state) return state.failed
  const decision = decideRelease(state, pushed, {keepsMaintenance: facts.window?.maintenance === 'keep'})
  // The images run already, but a migration was asked for: the run goes on without a release (design §4.4).
  const onlyMigrates = !decision.go && decision.unchanged && facts.window?.migration !== undefined
  if (!decision.go && !onlyMigrates) return nothingToShip(facts, state, decision)

  if (decision.go) await memory.keep()
  const plan = planRelease(facts, pushed, {releases: decision.go})
  const released = await runPlan(plan, services, run, pushed as unknown as Json)
  if (released.outcome !== 'done') return withWayBack(endOf(released, WORDS), run)
  const done = onlyMigrates ? migratedMessage(facts, state) : shippedMessage(facts, pushed, run)
  const around = facts.window ? aroundTheChange(facts.window, run, session.events) : []
  return {outcome: 'done', exitCode: 0, message: [done, ...around].join('\n'), left: []}
}

/** The build may have taken long: whether there is anything to ship is judged by the app as it is now. */
async function readAgain(facts: ShipFacts, {platform}: ShipServices): Promise<AppState | {failed: End}> {
  try {
    return await readState(platform, facts.app.name)
  } catch (error) {
    const reason = describeError(error)
    const message = `Nothing was released: ${reason}`
    return {failed: {outcome: 'failed', exitCode: 1, message, left: [], reason}}
  }
}

function nothingToShip(
  {app, requireRelease}: ShipFacts,
  {current}: AppState,
  decision: {unchanged: boolean; why?: string},
): End {
  const version = `v${current?.version}`
  if (decision.unchanged) {
    const message = `Nothing to ship: ${app.name} already runs these images as ${version}, and all its dynos are up.`
    return {outcome: 'unchanged', exitCode: requireRelease ? 5 : 0, message, left: []}
  }

  const reason = `${app.name} already runs these images as ${version}, but ${decision.why}.`
  const left = [
    {
      what: 'A release of the same images would change nothing. Look why, then restart the dynos.',
      command: `heroku restart --app ${app.name}`,
    },
  ]
  return {outcome: 'failed', exitCode: 1, message: reason, reason, left}
}

function migratedMessage({app}: ShipFacts, {current}: AppState): string {
  return `Migrated ${app.name}: it already ran these images as v${current?.version}, so nothing was released.`
}

function shippedMessage({app}: ShipFacts, pushed: Pushed, run: Run): string {
  const {version} = run.results.get('release') as Released
  const images = Object.entries(pushed).map(([type, {config}]) => `${type} (${shortDigest(config)})`)
  return `Shipped ${listOf(images)}: ${app.name} runs v${version}.`
}
