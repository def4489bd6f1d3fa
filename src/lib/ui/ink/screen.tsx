import {Box} from 'ink'

import {formatDuration} from '../format.js'
import type {Paint} from '../paint.js'
import {busyStep, type ItemView, type StepView, type View} from '../view.js'
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
  const room = fit(rows, {items: items.length, log: log.length, pending: pending.length})
  const tick = Math.floor(now / TICK)
  const total = formatDuration(now - view.run.since)
  return (
    // One column stays free: in the last one, terminals differ in when they wrap.
    <Box flexDirection="column" width={Math.max(1, columns - 1)}>
      <Busy
        text={busy ? titleOf(busy) : 'Reading the app'}
        ms={now - (busy ?? view.run).since}
        tick={tick}
        paint={paint}
      />
      <Items items={items} rows={room.items} columns={columns} tick={tick} paint={paint} />
      <Log lines={room.log > 0 ? log.slice(-room.log) : []} named={items.length > 1} paint={paint} />
      <Pending titles={pending.map(({title}) => title)} rows={room.pending} paint={paint} />
      {room.footer && <Row>{paint.dim(`${progressOf(view)}${total} in all`)}</Row>}
    </Box>
  )
}

export type ScreenProps = {view: View; rows: number; columns: number; now: number; paint: Paint}

const titleOf = (step: StepView): string => (step.state === 'undoing' ? `Undoing: ${step.title}` : step.title)

/** What a step says of itself is shown like a part without a name. */
function partsOf(step: StepView): ItemView[] {
  const says = step.own.message !== undefined || step.own.current !== undefined
  return says ? [{name: '', since: step.since, ...step.own}, ...step.items] : step.items
}

function progressOf({steps, stopping}: View): string {
  const started = steps.filter(({state}) => state !== 'pending').length
  return stopping || steps.length === 0 ? '' : `step ${started} of ${steps.length} · `
}
