import {Refused} from '../app/refused.js'
import type {Session} from '../command/session.js'
import type {ShipServices} from '../ship/services.js'
import {askReport, decideBySight, restoreBySight, restoreWords} from './by-sight.js'
import {decide, type Way} from './decide.js'
import {type Found, readRecovery, type RecoverRead} from './read.js'
import {readSight} from './read-sight.js'
import {noteNews, recover} from './recover.js'
import {choices, chooseMessage, describe, formatDescription, type RecoverReport} from './report.js'

/** What the user asked for. `scale`: quantities by process type. */
export type RecoverRequest = {
  app: string
  dataDir: string
  journal?: string
  way?: Way
  scale: Record<string, number>
  dryRun: boolean
}

/** What the command does around it. */
export type Asking = {
  /** Says that something is being read. */
  checking<T>(what: string, read: () => Promise<T>): Promise<T>
  /** @throws Refused when nobody says yes */
  confirm(app: string, warning: string): Promise<void>
}

/** Finds what was left, shows it, asks, and puts it right. @throws Refused */
export async function putRight(
  request: RecoverRequest,
  services: ShipServices,
  session: Session,
  asking: Asking,
): Promise<RecoverReport> {
  const found = await asking.checking(request.app, () => readRecovery(services, request, session.clock))
  if ('run' in found) return putRunRight(found, request, services, session, asking)
  if ('settled' in found) return nothing(found.app.name, `Nothing to recover: ${found.settled}`)
  if (request.way) {
    const fix = 'Name the journal of the run with --journal FILE.'
    throw new Refused([{message: `--${request.way} goes by a journal, and there is no open one here.`, fix}])
  }

  return putSightRight(found, request, services, session, asking)
}

async function putRunRight(
  {app, run}: {app: Found['app']; run: RecoverRead},
  {dryRun, scale, way}: RecoverRequest,
  services: ShipServices,
  session: Session,
  asking: Asking,
): Promise<RecoverReport> {
  if (Object.keys(scale).length > 0) {
    throw new Refused([{message: 'The journal knows the quantities of before: leave out --scale.'}])
  }

  const {name} = app
  const said = describe(run, way)
  const decision = decide(run, way)
  const text = formatDescription(said)
  const left = decision.do === 'choose' ? choices(name, decision, run) : []
  if (dryRun) return {outcome: 'planned', exitCode: 0, app: name, message: text, ...said, left}
  session.warn(`${text}\n`)
  if (decision.do === 'choose' || decision.do === 'wait') {
    noteNews(run, run.pivot, session.clock.now())
    return {outcome: 'held', exitCode: 4, app: name, message: chooseMessage(decision, run), ...said, left}
  }

  await asking.confirm(name, `This puts ${name} right as it is said above.`)
  return recover(run, way, services, session)
}

async function putSightRight(
  {app: {name}}: Found,
  {dryRun, scale}: RecoverRequest,
  services: ShipServices,
  session: Session,
  asking: Asking,
): Promise<RecoverReport> {
  const sight = await asking.checking(`what ${name} shows`, () => readSight(services.platform, name, session.clock))
  const strangers = Object.keys(scale).filter((type) => !(type in sight.quantities))
  if (strangers.length > 0) {
    throw new Refused(strangers.map((type) => ({message: `--scale ${type}: ${name} has no such process type.`})))
  }

  const decision = decideBySight(sight, scale)
  if (decision.do === 'nothing') return nothing(name, decision.message)
  if (decision.do === 'ask') return askReport(sight, decision)
  const does = restoreWords(decision)
  if (dryRun) {
    const message = [`What would be done to ${name}:`, ...does.map((line) => `  ${line}`)].join('\n')
    return {outcome: 'planned', exitCode: 0, app: name, message, does, left: []}
  }

  session.warn(does.join('\n'))
  await asking.confirm(name, `This puts ${name} right as it is said above.`)
  return restoreBySight(sight, decision, services, session)
}

function nothing(app: string, message: string): RecoverReport {
  return {outcome: 'unchanged', exitCode: 0, app, message, left: []}
}
