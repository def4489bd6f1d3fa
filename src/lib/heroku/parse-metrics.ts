import type {TypeMemory} from './metrics-types.js'
import {type Fields, fieldsOf, textAt, UnexpectedAnswer} from './record.js'

const MIB = 1024 * 1024
type Column = Array<number | null>

/** An answer of the metrics host about memory (platform-facts §8.7); columns that it leaves out are empty. */
export function parseTypeMemory(json: unknown): TypeMemory {
  const answer = fieldsOf(json, 'memory metrics')
  const start = Date.parse(textAt(answer, 'start_time', 'memory metrics'))
  const minutes = answer.step
  if (Number.isNaN(start) || typeof minutes !== 'number' || !(minutes > 0)) {
    throw new UnexpectedAnswer("Heroku's answer holds memory metrics without times")
  }

  const data = fieldsOf(answer.data, 'data of memory metrics')
  const column = (...names: string[]): Column =>
    columnOf(data, names).map((value) => (value === null ? null : value / MIB))
  return {
    start,
    stepMs: minutes * 60_000,
    // The first is what a sample's memory_total is: rss, cache and swap.
    max: column('memory.total.bytes.max', 'memory.swap-plus-rss.bytes.max'),
    mean: column('memory.used.bytes.mean', 'memory.swap-plus-rss.bytes.mean'),
    swap: column('memory.swap.bytes.max'),
    quota: column('memory.quota.bytes.max'),
  }
}

/** The first of these columns that is there. */
function columnOf(data: Fields, names: string[]): Column {
  const found = names.map((name) => data[name]).find((values) => Array.isArray(values)) as unknown[] | undefined
  return (found ?? []).map((value) => (typeof value === 'number' && value >= 0 ? value : null))
}
