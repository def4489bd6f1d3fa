import type {Session} from '../command/session.js'
import {describeError} from '../heroku/errors.js'
import {messageOf} from '../run/errors.js'
import type {Left} from '../run/events.js'
import type {ExitCode} from '../run/exit-codes.js'
import type {Run} from '../run/run.js'
import {runPlan, type Verdict} from '../run/runner.js'
import type {Json} from '../run/step.js'
import {tryWrite} from '../run/undo.js'
import type {AppState} from '../app/state.js'
import type {ShipFacts} from './facts.js'
import {decideRelease, planBuild, planRelease} from './plan.js'
import {readState} from '../app/read-state.js'
import {lastLines, listImages, nameRelease, type ShipReport, summarize} from './report.js'
import type {ShipServices} from './services.js'
import type {Pushed} from './steps/push.js'
import type {Released} from './steps/release.js'
import {listOf, shortDigest} from '../app/words.js'

/** How a ship ended, before it is told. */
type End = {
  outcome: 'done' | 'failed' | 'held' | 'interrupted' | 'unchanged'
  exitCode: ExitCode
  message: string
  left: Left[]
  step?: string
  reason?: string
}

/**
 * A ship is two plans in a row: build and push; then, from the digests that came of it, the release and its wait. What is
 * unchanged is known only between the two. Everything that goes wrong is in the report, exit code included.
 */
export async function ship(facts: ShipFacts, services: ShipServices, session: Session): Promise<ShipReport> {
  const run = await session.begin(facts.app.name, facts as unknown as Json)
  for (const message of facts.notes) run.emit({type: 'warning', message})

  const end = await conduct(facts, services, run).catch((error: unknown) => endOfBug(error, run))

  const {exitCode, left, message, outcome} = end
  // A full disk changes nothing of how it ended.
  tryWrite(run, {type: 'outcome', outcome, exitCode, message})
  run.emit({type: 'run-ended', outcome, exitCode, message, left})
  const last = session.events.at(-1)
  // From the event, not from `end`: it has been through the redactor.
  const told = last?.type === 'run-ended' ? last : {message: '', left: []}
  return {
    outcome,
    exitCode,
    app: facts.app.name,
    message: told.message,
    run: run.id,
    ...nameRelease(outcome === 'done' ? (run.results.get('release') as Released) : undefined),
    ...listImages(run.results.get('push') as Pushed | undefined),
    ...summarize(session.events),
    ...errorOf(end, session),
    left: told.left,
    ...(session.journal() ? {journal: session.journal()!} : {}),
  }
}

function errorOf({reason, step}: End, {events, redact}: Session): Pick<ShipReport, 'error'> {
  if (!reason) return {}
  const lines = step ? lastLines(events, step) : []
  return {error: {reason: redact(reason), ...(step ? {step} : {}), ...(lines.length > 0 ? {lines} : {})}}
}

async function conduct(facts: ShipFacts, services: ShipServices, run: Run): Promise<End> {
  const built = await runPlan(planBuild(facts), services, run, null)
  if (built.outcome !== 'done') return endOf(built)

  const pushed = run.results.get('push') as Pushed
  const state = await readAgain(facts, services)
  if ('failed' in state) return state.failed
  const decision = decideRelease(state, pushed)
  if (!decision.go) return nothingToShip(facts, state, decision)

  const released = await runPlan(planRelease(facts, pushed), services, run, pushed as unknown as Json)
  if (released.outcome !== 'done') return endOf(released)
  return {outcome: 'done', exitCode: 0, message: shippedMessage(facts, pushed, run), left: []}
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

function endOf(verdict: Exclude<Verdict, {outcome: 'done'}>): End {
  const {exitCode, left, outcome, reason, step} = verdict
  // The last lines stand alone in a long log: what failed belongs to them.
  const failed = outcome === 'failed' ? `Not shipped: ${reason}\n` : `Stopped: ${reason}\n`
  const message = outcome === 'interrupted' ? verdict.message : failed + verdict.message
  return {outcome, exitCode, left, message, reason, ...(step ? {step} : {})}
}

/** What no step answers for: a bug of ours, or a journal that can't be written between two plans. Whatever stays is said. */
function endOfBug(error: unknown, run: Run): End {
  const reason = messageOf(error)
  const left = run.left()
  if (left.length > 0) return {outcome: 'held', exitCode: 4, message: `Stopped: ${reason}`, left, reason}
  return {outcome: 'failed', exitCode: 1, message: `Not shipped: ${reason}\nNothing was released.`, left, reason}
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

function shippedMessage({app}: ShipFacts, pushed: Pushed, run: Run): string {
  const {version} = run.results.get('release') as Released
  const images = Object.entries(pushed).map(([type, {config}]) => `${type} (${shortDigest(config)})`)
  return `Shipped ${listOf(images)}: ${app.name} runs v${version}.`
}
