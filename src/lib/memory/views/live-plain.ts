import type {Live, LiveView} from '../command/live.js'
import type {MemoryEvent, Recording} from '../types.js'
import {sampleAt} from '../recording.js'
import {harmlessLines} from '../../ui/harmless.js'
import {mb, percent} from './numbers.js'

/** A dyno that does nothing remarkable has a line so often, ms. */
const EVERY_MS = 60_000

/** `--tail` where nothing can be drawn: a line a minute for each dyno, and one for whatever happens to its memory. */
export function plainView(write: (line: string) => void): LiveView {
  const lastLine = new Map<string, number>()
  const said = new WeakSet<MemoryEvent>()
  let begun = false

  return {
    show(live) {
      if (!begun) for (const line of beginning(live)) write(line)
      begun = true
      const told = [...eventLines(live.recording, said), ...sampleLines(live, lastLine)]
      for (const {text} of told.sort((a, b) => a.at - b.at)) write(harmlessLines(text).join(' '))
      for (const [dyno, at] of lastLine) if (at < live.now - 3_600_000) lastLine.delete(dyno)
    },
  }
}

type Line = {at: number; text: string}

function beginning({facts}: Live): string[] {
  const {app, logged, notes} = facts
  const off = `log-runtime-metrics is off: dynos log no samples. heroku pipeline:memory --app ${app.name} --enable`
  return [`The memory of ${app.name} from its log; Ctrl-C ends it.`, ...(logged === false ? [off] : []), ...notes]
}

function eventLines({events}: Recording, said: WeakSet<MemoryEvent>): Line[] {
  return events.flatMap((event) => {
    const text = said.has(event) ? undefined : wordsOf(event)
    said.add(event)
    return text === undefined ? [] : [{at: event.at, text: `${timeOf(event.at)}  ${text}`}]
  })
}

function wordsOf(event: MemoryEvent): string | undefined {
  switch (event.kind) {
    case 'R14':
      return `${event.dyno}  R14: over its quota`
    case 'R15':
      return `${event.dyno}  R15: far over its quota, it is killed`
    case 'release':
      return `v${event.version} is released`
    case 'state':
      return event.to === 'crashed' ? `${event.dyno}  crashed` : undefined
    case 'running':
      return `${event.dyno}  ${mb(event.total)} (${percent(event.percent / 100)} of its quota)`
    case 'exit':
      return event.status === 137 ? `${event.dyno}  killed (status 137)` : undefined
  }
}

function sampleLines({quotas, recording}: Live, lastLine: Map<string, number>): Line[] {
  const {at: times, length} = recording.samples
  const rows = Array.from({length}, (_, row) => row).sort((a, b) => times[a]! - times[b]!)
  return rows.flatMap((row) => {
    const {at, dyno, quota: said, total, type} = sampleAt(recording, row)
    if (dyno === undefined || at - (lastLine.get(dyno) ?? -Infinity) < EVERY_MS) return []
    lastLine.set(dyno, at)
    const quota = said ?? quotas[type]
    const of = quota ? ` of ${mb(quota)} (${percent(total / quota)})` : ''
    return [{at, text: `${timeOf(at)}  ${dyno}  ${mb(total)}${of}`}]
  })
}

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(11, 19)}Z`
