import {type Reason, Refused} from '../app/refused.js'
import {requireLogin, stateReasons} from '../app/refusals.js'
import {readState} from '../app/read-state.js'
import type {AppState} from '../app/state.js'
import {describeError} from '../heroku/errors.js'
import type {App, Dyno} from '../heroku/types.js'
import type {Clock} from '../run/clock.js'
import {readBackupFacts} from './backup/read-backup-facts.js'
import type {WindowFacts} from './facts.js'
import {baselineNotes, readHealth} from './health-baseline.js'
import {checkMaintenancePage} from './maintenance-page.js'
import {readFlushes} from './read-flushes.js'
import {readWindowBasics} from './read-window-basics.js'
import type {WindowRequest} from './request.js'
import type {WindowServices} from './services.js'

/** What preflight of a window came to. */
export type WindowRead = {facts: WindowFacts; reasons: Reason[]; notes: string[]}

/**
 * Reads everything a migration in a window has to know before it changes anything.
 * @throws Refused with every reason there is, not only the first
 */
export async function readMigrateFacts(
  services: WindowServices & {token: string},
  request: WindowRequest,
  clock: Clock,
): Promise<{facts: WindowFacts; notes: string[]}> {
  const {platform, token} = services
  requireLogin(token)

  try {
    const app = await platform.app(request.app)
    if (app.generation === 'fir') {
      throw new Refused([{message: `${app.name} is a Fir app: this command knows Cedar only.`}])
    }

    const [account, read] = await Promise.all([platform.account(), readState(platform, app)])
    const {dynos, releases, ...state} = read
    const about = stateReasons(app.name, state, releases, {
      now: clock.now(),
      keepMaintenance: request.maintenance === 'keep',
    })
    const window = await readWindowFacts(services, request, {app, user: account.email, state, dynos}, clock)
    const nothing = state.current
      ? []
      : [{message: `${app.name} has no release yet: there is nothing to migrate with.`}]
    const reasons = [...about.reasons, ...nothing, ...imageReasons(request, state), ...window.reasons]
    if (reasons.length > 0) throw new Refused(reasons)
    return {facts: window.facts, notes: [...about.notes, ...window.notes]}
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused([{message: describeError(error)}])
  }
}

/** In a container app the migration runs in the image of a process type (platform-facts §5.1), so that type must have one. */
function imageReasons({migration}: WindowRequest, {formation}: AppState): Reason[] {
  const type = migration?.type ?? 'web'
  const types = formation.flatMap((entry) => (entry.image ? [entry.type] : []))
  if (types.length === 0 || types.includes(type)) return []
  return [
    {message: `There is no image of ${type} to migrate with.`, fix: `Name a type that has one: --type ${types[0]}`},
  ]
}

/** What the window itself has to know, and what speaks against it. Reads only. @throws errors of the platform */
export async function readWindowFacts(
  services: WindowServices,
  request: WindowRequest,
  {app, dynos, state, user, ...known}: {app: App; user: string; state: AppState; dynos: Dyno[]; preboot?: boolean},
  clock: Clock,
): Promise<WindowRead> {
  const {backup, flush, keepUp, migration, scaleDown} = request
  const {signal} = new AbortController()
  const {name, webUrl} = app
  const vars = services.platform.configVars(name)
  const [basics, kept, flushes, health, page] = await Promise.all([
    readWindowBasics(services.platform, {app: name, state, dynos, ...known, configVars: vars, scaleDown, keepUp}),
    readBackupFacts(services, {app: name, ...backup, now: clock.now()}),
    vars.then((all) => readFlushes(flush, all, signal)),
    readBaseline(services, request, {webUrl, state}, {clock, signal}),
    vars.then(({MAINTENANCE_PAGE_URL: url}) => url && checkMaintenancePage(url, {probe: services.probe, signal})),
  ])

  const {none, set} = {none: request.maintenance === 'off', set: request.maintenance !== 'keep'}
  const {down, keptUp} = none
    ? {down: {}, keptUp: [...Object.keys(basics.down), ...basics.keptUp]}
    : {down: basics.down, keptUp: basics.keptUp}
  const {migrateUndo, onMigrationFailure, onUnhealthy, smoke, stableForMs} = request
  const facts: WindowFacts = {
    app: {id: app.id, name, ...(webUrl ? {webUrl} : {})},
    user,
    state,
    preboot: basics.preboot,
    maintenance: none ? 'none' : set ? 'set' : 'keep',
    down,
    keptUp,
    backup: kept.facts,
    ...(migration ? {migration} : {}),
    ...(migrateUndo ? {migrateUndo} : {}),
    flushes: flushes.flushes,
    flushRequired: flush.required,
    ...(smoke ? {smoke} : {}),
    ...(health ? {health} : {}),
    stableForMs,
    onMigrationFailure,
    ...(onUnhealthy ? {onUnhealthy} : {}),
  }
  return {
    facts,
    reasons: [...basics.reasons, ...kept.reasons, ...flushes.reasons, ...healthReasons(request, health)],
    notes: [...basics.notes, ...kept.notes, ...(page ? [page] : []), ...(health ? baselineNotes(health) : [])],
  }
}

async function readBaseline(
  {probe}: WindowServices,
  {health}: WindowRequest,
  {state, webUrl}: {state: AppState; webUrl: string | undefined},
  services: {clock: Clock; signal: AbortSignal},
) {
  if (!health) return undefined
  const web = state.formation.find(({type}) => type === 'web')
  const nothingServes = web && web.quantity > 0 ? {} : {nothingServes: 'web is scaled to 0'}
  return readHealth(health, {...(webUrl ? {webUrl} : {}), ...nothingServes}, {...services, probe})
}

function healthReasons({health}: WindowRequest, read: unknown): Reason[] {
  if (!health || read) return []
  return [{message: `--health-check ${health.check}: the app has no address of its own, so give the whole URL.`}]
}
