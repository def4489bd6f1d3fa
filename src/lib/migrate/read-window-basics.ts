import type {AppState} from '../app/state.js'
import {listOf} from '../app/words.js'
import type {Dyno, Platform} from '../heroku/types.js'
import {type ChosenTypes, chooseTypes} from './choose-types.js'
import {typeOfDyno} from './drain-names.js'

export type WindowBasics = ChosenTypes & {preboot: boolean}

/** What a window changes of an app, and who else may write while it is open. `state`, `dynos` and `preboot` are as preflight read them. */
export async function readWindowBasics(
  platform: Platform,
  asked: {
    app: string
    state: AppState
    dynos: Dyno[]
    configVars: Promise<Record<string, string>>
    preboot?: boolean
    scaleDown: string[]
    keepUp: string[]
  },
): Promise<WindowBasics> {
  const {app, configVars, dynos, keepUp, scaleDown, state} = asked
  const [preboot, addons, vars] = await Promise.all([
    asked.preboot ?? platform.preboot(app),
    platform.addons(app),
    configVars,
  ])
  // The app object as we read it does not name the space; the sizes do (platform-facts §3.1).
  const space = state.formation.some(({size}) => /^(private|shield)\b/i.test(size))
  const chosen = chooseTypes({formation: state.formation, scaleDown, keepUp, space})
  return {
    ...chosen,
    preboot,
    notes: [
      ...chosen.notes,
      ...(addons.some(({service}) => service === 'scheduler')
        ? [
            'Heroku Scheduler is attached: its jobs go on during the window and may write. The window does not stop them.',
          ]
        : []),
      ...oneOffNotes(dynos),
      ...(vars.MAINTENANCE_PAGE_URL ? ['Visitors see the page of MAINTENANCE_PAGE_URL while maintenance is on.'] : []),
    ],
  }
}

/** Names only: a command may hold what nobody should read in a CI log. */
function oneOffNotes(dynos: Dyno[]): string[] {
  const names = dynos
    .filter(({name, state}) => typeOfDyno(name) === undefined && state !== 'crashed' && state !== 'down')
    .map(({name}) => name)
  if (names.length === 0) return []
  const run = names.length === 1 ? 'runs and goes' : 'run and go'
  return [`${listOf(names)} ${run} on during the window, and may write; to end one: heroku ps:stop NAME.`]
}
