import {abortable} from '../run/abortable.js'
import type {Platform} from '../heroku/types.js'
import {openLedger, type Scaling} from '../migrate/drain-ledger.js'
import {MARKER} from '../migrate/one-off/wrap.js'
import type {Clock} from '../run/clock.js'

/** What the platform shows of an app that somebody may have left half way. */
export type Sight = {
  app: string
  maintenance: boolean
  /** Types of the formation by quantity; `release` and `run` are none. */
  quantities: Record<string, number>
  /** What the log tells that types which are at 0 were scaled to last, other than that. */
  lastUp: Record<string, Scaling>
  /** Versions. */
  pending: number[]
  /** One-off dynos that run a command of ours. */
  dynos: string[]
}

/** A log that does not answer is done without. */
const LOG_MS = 15_000

/** Reads only: five reads in parallel. @throws errors of the platform */
export async function readSight(platform: Platform, app: string, clock: Clock): Promise<Sight> {
  const [{maintenance}, formation, dynos, releases, ledger] = await Promise.all([
    platform.app(app),
    platform.formation(app),
    platform.dynos(app),
    platform.newestReleases(app, 25),
    readLedger(platform, app, clock),
  ])
  const types = formation.filter(({type}) => type !== 'release' && type !== 'run')
  const lastUp = types.flatMap(({quantity, type}) => {
    const scaling = quantity === 0 ? ledger.scaledUp(type) : undefined
    return scaling ? [[type, scaling] as const] : []
  })
  return {
    app,
    maintenance,
    quantities: Object.fromEntries(types.map(({quantity, type}) => [type, quantity])),
    lastUp: Object.fromEntries(lastUp),
    pending: releases.filter(({status}) => status === 'pending').map(({version}) => version),
    dynos: dynos.filter(({command}) => command.includes(MARKER)).map(({name}) => name),
  }
}

async function readLedger(platform: Platform, app: string, clock: Clock) {
  const ledger = openLedger()
  const over = new AbortController()
  const reading = (async () => {
    for await (const line of platform.logs(app, {lines: 1500, tail: false, signal: over.signal})) ledger.note(line)
  })()
  const late = clock.sleep(LOG_MS, over.signal).then(() => over.abort())
  late.catch(() => {})
  await abortable(reading, over.signal).catch(() => {})
  over.abort()
  return ledger
}
