import type {Platform} from '../platform.js'
import {now} from '../state/ids.js'
import {newFormation} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {afterScaling} from './autoscaler.js'

export type Scale = {type: string; quantity?: number; size?: string}

/** No release; a new size restarts its own type, a new quantity nobody else (platform-facts §3.1). `user` is an e-mail. */
export function applyScales(
  platform: Platform,
  app: AppState,
  scales: Scale[],
  user = platform.state.account.email,
): void {
  const asked = scales.filter((scale) => scale.quantity !== undefined || scale.size !== undefined)
  if (asked.length === 0) return
  const resized = new Set<string>()
  const before = new Map<string, number>()
  for (const {type, quantity, size} of asked) {
    const entry = (app.formation[type] ??= newFormation(app, type, 0))
    if (size && size !== entry.size) resized.add(type)
    before.set(type, entry.quantity)
    entry.quantity = quantity ?? entry.quantity
    entry.size = size ?? entry.size
    entry.updatedAt = now()
  }

  const dynos = platform.dynos(app)
  dynos.converge()
  dynos.restart((dyno) => resized.has(dyno.type))
  const scaled = asked.map(({type}) => `${type}@${app.formation[type]?.quantity}:${app.formation[type]?.size}`)
  platform.log(app.name).write('app', 'api', `Scaled to ${scaled.join(' ')} by user ${user}`)
  afterScaling(platform, app, before, user)
}
