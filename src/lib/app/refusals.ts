import type {Release} from '../heroku/types.js'
import {type Reason, Refused} from './refused.js'
import type {AppState} from './state.js'
import {recoverCommand} from './words.js'

/** Platform releases get stuck (platform-facts §1.8): after an hour a pending one is only worth a warning. */
const STUCK_MS = 60 * 60_000

/** @throws Refused when there is no token */
export function requireLogin(token: string | undefined): void {
  if (token) return
  const fix = 'Log in with heroku login, or set HEROKU_API_KEY in CI.'
  throw new Refused([{message: 'You are not logged in to Heroku.', fix}])
}

/**
 * What in the state of an app speaks against changing it now: maintenance that somebody else left on, a release that is on
 * its way. `keepMaintenance`: it was asked to go on with maintenance as it is. `now` in ms.
 */
export function stateReasons(
  app: string,
  state: AppState,
  releases: Release[],
  {keepMaintenance = false, now}: {now: number; keepMaintenance?: boolean},
): {reasons: Reason[]; notes: string[]} {
  const reasons: Reason[] = []
  const notes: string[] = []

  if (state.maintenance && !keepMaintenance) {
    const fix = `If nobody is at work on it: ${recoverCommand(app)}`
    reasons.push({message: `Maintenance mode of ${app} is on: a deploy that died may have left it so.`, fix})
  }

  for (const {createdAt, status, version} of releases) {
    if (status !== 'pending') continue
    if (now - Date.parse(createdAt) > STUCK_MS)
      notes.push(`v${version} has been pending for over an hour; it looks stuck.`)
    else
      reasons.push({
        message: `Release v${version} is still pending.`,
        fix: `Wait for it: heroku releases:output v${version} --app ${app}`,
      })
  }

  return {reasons, notes}
}
