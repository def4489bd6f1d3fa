import type {Platform} from '../platform.js'
import type {AppState} from '../state/types.js'
import {applyScales} from './scale.js'

/** Who scales when it is not the account: the platform's autoscaler, or somebody else's. No real name is known. */
const autoscalerUser = 'autoscaler@example.com'

/** How long a web quantity stands that was set by hand under an active monitor; how long really, nobody has said. */
const lookEveryMs = 60_000

/** Somebody else sets the quantity of a type: the autoscaler of an add-on, or a person. */
export function scaleAsSomebodyElse(platform: Platform, app: AppState, type: string, quantity: number): void {
  applyScales(platform, app, [{type, quantity}], autoscalerUser)
  platform.changed()
}

/** What was scaled by hand may be scaled back: web by an active monitor (platform-facts §3.3), any type by the knob. */
export function afterScaling(platform: Platform, app: AppState, before: Map<string, number>, user: string): void {
  if (user === autoscalerUser) return
  const web = before.get('web')
  if (web !== undefined) lookAtWeb(platform, app, web)
  const {scaledBack} = platform.knobs(app.name)
  if (!scaledBack || scaledBack.times < 1 || !before.has(scaledBack.type)) return
  if ((app.formation[scaledBack.type]?.quantity ?? 0) >= scaledBack.quantity) return
  scaledBack.times -= 1
  platform.time.afterReal(scaledBack.afterMs, () =>
    scaleAsSomebodyElse(platform, app, scaledBack.type, scaledBack.quantity),
  )
}

/** An active monitor sets web to `wish`, within its limits, if it is not there already. */
export function lookAtWeb(platform: Platform, app: AppState, wish: number): void {
  const delay = platform.knobs(app.name).autoscaleMs ?? platform.time.real(lookEveryMs)
  platform.time.afterReal(delay, () => {
    const monitor = app.monitors?.find((one) => one.is_active && one.process_type === 'web')
    if (!monitor) return
    const quantity = Math.min(Math.max(wish, monitor.min_quantity), monitor.max_quantity)
    if (app.formation.web?.quantity !== quantity) scaleAsSomebodyElse(platform, app, 'web', quantity)
  })
}
