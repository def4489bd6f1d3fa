import {Box} from 'ink'

import {formatDuration} from '../format.js'
import type {Paint} from '../paint.js'
import {busyStep, type ItemView, type StepView, titleOf, type View} from '../view.js'
import {fit} from './fit.js'
import {Busy, Items, Log, Pending, Row} from './rows.js'

/** Milliseconds between two frames. */
export const TICK = 100

/** The live part: the running step with its parts and last log lines, what is to come, the total. Always below `rows`. */
export function Screen({view, rows, columns, now, paint}: ScreenProps) {
  if (view.ended || !view.run) return null
  const busy = busyStep(view)
  const items = busy ? partsOf(busy) : []
  const pending = view.stopping ? [] : view.steps.filter(({state}) => state === 'pending')
  const log = busy?.log ?? []
  const named = items.length > 1 || log.some(({item}) => item !== items[0]?.name)
  const room = fit(rows, {items: items.length, log: log.length, pending: pending.length})
  // One column stays free: in the last one, terminals differ in when they wrap.
  const look = {width: Math.max(1, columns - 1), tick: Math.floor(now / TICK), paint}
  const total = `${formatDuration(now - view.run.since)} in all`
  const down =
    view.downSince === undefined ? '' : paint.warn(`, the site is down: ${formatDuration(now - view.downSince)}`)
  return (
    <Box flexDirection="column" width={look.width}>
      <Busy title={busy ? titleOf(busy) : idle(view)} ms={now - (busy ?? view.run).since} look={look} />
      <Items items={items} rows={room.items} look={look} />
      <Log lines={room.log > 0 ? log.slice(-room.log) : []} named={named} look={look} />
      <Pending titles={pending.map(({title}) => title)} rows={room.pending} look={look} />
      {room.footer && view.plan !== undefined && <Row text={paint.dim(total) + down} look={look} />}
    </Box>
  )
}

export type ScreenProps = {view: View; rows: number; columns: number; now: number; paint: Paint}

/** Nothing is heard of a run before its plan, or between two plans: it reads. */
const idle = ({stopping}: View): string => (stopping ? 'Stopping' : 'Reading the app')

/** What a step says of itself is shown like a part without a name. */
function partsOf(step: StepView): ItemView[] {
  const says = step.own.message !== undefined || step.own.current !== undefined
  return says ? [{name: '', since: step.since, ...step.own}, ...step.items] : step.items
}
