import {conductRun, type End, endOf} from '../app/conduct.js'
import {listOf, quantityWords, recoverCommand} from '../app/words.js'
import type {Session} from '../command/session.js'
import {setMaintenance} from '../migrate/steps/maintenance.js'
import {setQuantities} from '../migrate/steps/scale-down.js'
import type {Left} from '../run/events.js'
import {runPlan} from '../run/runner.js'
import type {Plan, Step} from '../run/step.js'
import type {ShipServices} from '../ship/services.js'
import type {Sight} from './read-sight.js'
import type {RecoverReport} from './report.js'

/** What can be done about an app of which only the platform tells. `unknown`: what it does not tell; sentences. */
export type SightDecision =
  | {do: 'ask'; left: Left[]; unknown: string[]}
  | {do: 'nothing'; message: string}
  | {do: 'restore'; scale: Record<string, number>; maintenanceOff: boolean}

/** Guesses no quantity; pure. `scale` is what a person has said. */
export function decideBySight(sight: Sight, scale: Record<string, number>): SightDecision {
  const {app, dynos, maintenance, pending, quantities} = sight
  const left = [...dynos.map((dyno) => runsStill(app, dyno)), ...pending.map((version) => isPending(app, version))]
  const unsaid = Object.keys(quantities).filter((type) => quantities[type] === 0 && !(type in scale))
  if (maintenance && unsaid.length > 0) left.push(askFor(sight, unsaid, scale))
  if (left.length > 0) return {do: 'ask', left, unknown: unknownOf(sight)}
  if (maintenance || Object.keys(scale).length > 0) return {do: 'restore', scale, maintenanceOff: maintenance}
  const atZero = unsaid.length > 0 ? `; ${listOf(unsaid)} at 0 may be as it should be` : ''
  return {do: 'nothing', message: `Nothing to recover: maintenance mode of ${app} is off${atZero}.`}
}

/** What the platform can't tell, however one asks. */
function unknownOf({maintenance}: Sight): string[] {
  return [
    'There is no journal here of a run that was left half way; one from elsewhere can be read with --journal FILE.',
    ...(maintenance ? ['Whether somebody is at work behind maintenance mode can not be known.'] : []),
    'Whether preboot was on, and whether a migration was half applied, can not be known either.',
  ]
}

function runsStill(app: string, dyno: string): Left {
  return {
    what: `${dyno} runs a command of a ship or a migration; it has to end first.`,
    command: `heroku logs --dyno ${dyno} --num 1500 --tail --app ${app}`,
  }
}

function isPending(app: string, version: number): Left {
  const command = `heroku releases:output v${version} --app ${app}`
  return {what: `v${version} is pending and may still become current by itself.`, command}
}

function askFor({app, lastUp}: Sight, unsaid: string[], scale: Record<string, number>): Left {
  const told = unsaid.map((type) => {
    const last = lastUp[type]
    return last ? `${type} is at 0, and the log tells of ${last.quantity} by ${last.by}` : `${type} is at 0`
  })
  const supposed = Object.fromEntries(unsaid.map((type) => [type, lastUp[type]?.quantity ?? 'N']))
  const flags = quantityWords({...scale, ...supposed}).map((one) => `--scale ${one}`)
  return {what: `${listOf(told)}. Say what it should be, 0 included:`, command: recoverCommand(app, {flags})}
}

/** The answer when a person has to say more; nothing was touched. */
export function askReport({app}: Sight, {left, unknown}: SightDecision & {do: 'ask'}): RecoverReport {
  return {outcome: 'held', exitCode: 4, app, message: ['Nothing was changed.', ...unknown].join('\n'), left}
}

/** What will be done: sentences. */
export function restoreWords({maintenanceOff, scale}: SightDecision & {do: 'restore'}): string[] {
  const types = Object.entries(scale).map(([type, quantity]) => `${type} to ${quantity}`)
  return [
    ...(types.length > 0 ? [`Scale ${listOf(types)}`] : []),
    ...(maintenanceOff ? ['Turn maintenance mode off'] : []),
  ]
}

/** Does what a person has said, and lets everybody in again. */
export async function restoreBySight(
  sight: Sight,
  decision: SightDecision & {do: 'restore'},
  services: ShipServices,
  session: Session,
): Promise<RecoverReport> {
  const {app} = sight
  const words = {not: 'Not put right', nothing: 'Nothing was changed.'}
  const about = {app, facts: sight, notes: [], words}
  const {report} = await conductRun(about, session, async (run): Promise<End> => {
    const verdict = await runPlan(planRestore(app, decision), services, run, null)
    if (verdict.outcome !== 'done') return endOf(verdict, words)
    const message = `${app} is put right, as far as it can be seen: ${restoreWords(decision).join(', ').toLowerCase()}.`
    return {outcome: 'done', exitCode: 0, message, left: []}
  })
  return {...report, does: restoreWords(decision)}
}

function planRestore(app: string, {maintenanceOff, scale}: SightDecision & {do: 'restore'}): Plan<ShipServices> {
  const words = quantityWords(scale)
  const scaling: Step<ShipServices, null, void> = {
    id: 'scale',
    title: `Scale ${words.join(' ')}`,
    failsAs: 'restoring',
    run: (_seen, ctx) => setQuantities(app, scale, ctx),
  }
  const lifting: Step<ShipServices, null, true> = {
    id: 'maintenance-off',
    title: 'Turn maintenance mode off',
    failsAs: 'restoring',
    async run(_seen, ctx) {
      await setMaintenance(app, false, ctx)
      return true
    },
    byHand: (_seen, lifted) =>
      lifted
        ? undefined
        : {what: `Maintenance mode of ${app} may still be on.`, command: `heroku maintenance:off --app ${app}`},
  }
  return {
    name: 'by-sight',
    steps: [...(words.length > 0 ? [scaling] : []), ...(maintenanceOff ? [lifting] : [])],
    policy: {
      restoring: {
        when: 'Heroku does not take it',
        world: 'as it was found, or nearly',
        action: 'hold',
        exit: 4,
        says: 'The same command can be given again.',
      },
    },
  }
}
