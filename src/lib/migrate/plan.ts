import type {Plan, Step} from '../run/step.js'
import {looksAfterData, takesTime, type WindowFacts} from './facts.js'
import {withGuard} from './guard.js'
import {windowPolicy} from './policy.js'
import type {WindowServices} from './services.js'
import {backUp} from './steps/backup.js'
import {flushCaches} from './steps/flush.js'
import {checkHealth} from './steps/health.js'
import {waitForInFlight} from './steps/in-flight.js'
import {maintenanceOff, maintenanceOn} from './steps/maintenance.js'
import {migrate} from './steps/migrate.js'
import {waitForOldGone} from './steps/old-gone.js'
import {prebootOff, prebootOn} from './steps/preboot.js'
import {waitForQuiet} from './steps/quiet.js'
import {restartKeptUp} from './steps/restart.js'
import {scaleDown} from './steps/scale-down.js'
import {scaleUp} from './steps/scale-up.js'
import {runSmoke} from './steps/smoke.js'
import {waitForUp} from './steps/up.js'

// Each step has its own Seen and Result; a plan only lines them up.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Steps = Array<Step<WindowServices, any, any>>

/** The whole of `pipeline:maintenance-migrate`. */
export function planMigrate(facts: WindowFacts): Plan<WindowServices> {
  const steps = [...openingSteps(facts), ...migrationSteps(facts, {webReplaced: false}), ...closingSteps(facts)]
  return {name: 'window', steps, policy: windowPolicy(facts, {releases: false})}
}

/** Opens the window: from the first of these on the site is down. */
export function openingSteps(facts: WindowFacts): Steps {
  const window = facts.maintenance !== 'none'
  return [
    ...(window && facts.preboot ? [prebootOff(facts)] : []),
    ...(facts.maintenance === 'set' ? [maintenanceOn(facts)] : []),
    ...(downs(facts) ? [scaleDown(facts)] : writesOnWebOnly(facts) ? [waitForQuiet(facts)] : []),
    ...(looksAfterData(facts) ? [backUpIn(facts)] : []),
  ]
}

/** What is over in a moment needs no guard: the step behind it looks before it begins. */
function backUpIn(facts: WindowFacts): Steps[number] {
  const guards = facts.maintenance !== 'none' && (takesTime(facts.backup) || !facts.migration)
  return guards ? withGuard(backUp(facts), facts, undefined, {lookAfter: !facts.migration}) : backUp(facts)
}

/** The migration and what has to see its schema. `webReplaced`: a release has ended every process of before. */
export function migrationSteps(facts: WindowFacts, {webReplaced}: {webReplaced: boolean}): Steps {
  if (!facts.migration) return []
  const window = facts.maintenance !== 'none'
  const inFlight = facts.maintenance === 'set' && !webReplaced && facts.keptUp.includes('web')
  return [
    ...(inFlight ? [waitForInFlight(facts)] : []),
    ...(window && webReplaced && facts.state.current ? [waitForOldGone(facts)] : []),
    window ? withGuard(migrate(facts), facts) : migrate(facts),
    ...(facts.keptUp.length > 0 ? [restartKeptUp(facts)] : []),
  ]
}

/** Closes the window: everything as it was found, and proof that the app lives. */
export function closingSteps(facts: WindowFacts): Steps {
  const window = facts.maintenance !== 'none'
  return [
    ...(facts.flushes.length > 0 ? [flushCaches(facts)] : []),
    ...(downs(facts) ? [scaleUp(facts)] : []),
    waitForUp(facts),
    ...(facts.smoke ? [runSmoke(facts)] : []),
    ...(facts.maintenance === 'set' ? [maintenanceOff(facts)] : []),
    ...(facts.health ? [checkHealth(facts)] : []),
    ...(window && facts.preboot ? [prebootOn(facts)] : []),
  ]
}

const downs = ({down}: WindowFacts): boolean => Object.keys(down).length > 0

const writesOnWebOnly = ({backup, keptUp, maintenance}: WindowFacts): boolean =>
  maintenance === 'set' && keptUp.includes('web') && backup.mode !== 'none' && backup.databases.length > 0
