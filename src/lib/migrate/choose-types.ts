import type {Reason} from '../app/refused.js'
import {listOf} from '../app/words.js'
import type {ProcessType} from '../heroku/types.js'

/** What goes down for the window with its quantities, what runs on, what speaks against it, and what is worth saying. */
export type ChosenTypes = {down: Record<string, number>; keptUp: string[]; reasons: Reason[]; notes: string[]}

/**
 * Every type that runs goes to 0, save web: `--scale-down` adds to that (web, as there is nothing else), `--keep-up` takes away.
 * So a type that nobody thought of is never left writing. In a Private Space web stays up: without its proxies visitors would
 * meet an error instead of the maintenance page (platform-facts §4). `release` and `run` are no types that run.
 */
export function chooseTypes(asked: {
  formation: ProcessType[]
  scaleDown: string[]
  keepUp: string[]
  /** Whether the app is in a Private Space. */
  space: boolean
}): ChosenTypes {
  const {formation, keepUp, scaleDown, space} = asked
  const running = formation.filter(({quantity, type}) => quantity > 0 && type !== 'release' && type !== 'run')
  const goesDown = (type: string): boolean =>
    !keepUp.includes(type) && (type === 'web' ? scaleDown.includes('web') && !space : true)
  const down = running.filter(({type}) => goesDown(type))
  const named = [
    ...scaleDown.map((type) => ({type, flag: '--scale-down'})),
    ...keepUp.map((type) => ({type, flag: '--keep-up'})),
  ]
  const judged = named.map((one) => judgeNamed(one, formation))

  return {
    down: Object.fromEntries(down.map(({quantity, type}) => [type, quantity])),
    keptUp: running.filter(({type}) => !goesDown(type)).map(({type}) => type),
    reasons: [
      ...judged.flatMap(({reason}) => (reason ? [reason] : [])),
      ...(space && scaleDown.includes('web') ? [WEB_IN_A_SPACE] : []),
      ...scaleDown.filter((type) => keepUp.includes(type)).map((type) => inBoth(type)),
    ],
    notes: [
      ...judged.flatMap(({note}) => (note ? [note] : [])),
      ...notNamed(down, scaleDown),
      ...stayUp(keepUp, running),
    ],
  }
}

const WEB_IN_A_SPACE: Reason = {
  message:
    'web of an app in a Private Space is not scaled to 0: visitors would get an error, not the maintenance page.',
  fix: 'Leave web out of --scale-down.',
}

function inBoth(type: string): Reason {
  return {message: `${type} is named by both --scale-down and --keep-up.`, fix: 'Name it once.'}
}

function judgeNamed(
  {flag, type}: {flag: string; type: string},
  formation: ProcessType[],
): {reason?: Reason; note?: string} {
  const entry = formation.find((one) => one.type === type)
  if (!entry || type === 'release' || type === 'run') {
    const types = formation.map((one) => one.type).filter((one) => one !== 'release' && one !== 'run')
    const fix = types.length > 0 ? `There is ${listOf(types)}.` : 'The app has no process types.'
    return {reason: {message: `${flag} ${type}: there is no such process type.`, fix}}
  }

  return entry.quantity === 0 ? {note: `${flag} ${type}: it is at 0 already, and stays there.`} : {}
}

/** Who names some of them may have meant only those. */
function notNamed(down: ProcessType[], scaleDown: string[]): string[] {
  if (scaleDown.every((type) => type === 'web')) return []
  return down
    .filter(({type}) => !scaleDown.includes(type))
    .map(({type}) => `${type} goes to 0 as well: --keep-up ${type} leaves it up.`)
}

function stayUp(keepUp: string[], running: ProcessType[]): string[] {
  return running
    .filter(({type}) => type !== 'web' && keepUp.includes(type))
    .map(({type}) => `${type} stays up and may write during the migration; it is restarted after it.`)
}
