import type {Found} from './found.js'
import {type Fields, parseText} from './line.js'
import {timeOfField, type TimeOptions} from './time.js'

/** Fields that say when, best first. */
const TIMES = [
  'generated_at',
  'emitted_at',
  'timestamp',
  '@timestamp',
  'time',
  'datetime',
  'date',
  'ts',
  '_time',
  'received_at',
  'ingestionTime',
]
const PROGRAMS = ['program', 'appname', 'app_name', 'app-name', 'source', 'service', 'logger']
const PROCESSES = ['proc_id', 'procid', 'proc', 'process', 'dyno', 'ps']
const DEEPEST = 6

/**
 * Reads a line of JSON, one record or a batch of them (`{"message": "…"}`, `{"events": [{…}, …]}`), with the log line in whichever
 * field, and time and dyno there or in fields beside it.
 * @returns undefined when it is not JSON, or none of its strings speaks of memory
 */
export function parseJsonLine(text: string, options: TimeOptions): Found[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const found: Found[] = []
  read(value, {at: Number.NaN}, found, options, 0)
  return found.length > 0 ? found : undefined
}

function read(value: unknown, around: Fields, found: Found[], options: TimeOptions, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return
  const fields = Array.isArray(value) ? around : fieldsOf(value as Record<string, unknown>, around, options)
  let hasMessage = false
  for (const child of Object.values(value)) {
    if (typeof child === 'string') {
      // Some keep the line as it came beside its parts: it is one line all the same.
      hasMessage = (!hasMessage && readMessage(child, fields, found, options)) || hasMessage
    } else read(child, fields, found, options, depth + 1)
  }
}

function readMessage(message: string, fields: Fields, found: Found[], options: TimeOptions): boolean {
  const said = parseText(message, options, fields)
  found.push(...said)
  return said.length > 0
}

function fieldsOf(record: Record<string, unknown>, around: Fields, options: TimeOptions): Fields {
  const times = TIMES.map((name) => (name in record ? timeOfField(record[name], options) : Number.NaN))
  const at = times.find((time) => !Number.isNaN(time)) ?? around.at
  const speaker = speakerOf(record) ?? around.speaker
  return {at, ...(speaker && {speaker})}
}

function speakerOf(record: Record<string, unknown>): Fields['speaker'] {
  const texts = (names: string[]) => names.map((name) => record[name]).filter((each) => typeof each === 'string')
  for (const program of texts(PROGRAMS)) {
    const [, source, name] = /^(heroku|app)[/[]([\w.-]+)\]?:?$/.exec(program) ?? []
    if (source !== undefined && name !== undefined) return {source: source as 'app' | 'heroku', name}
  }
  const source = texts(PROGRAMS).find((program) => program === 'heroku' || program === 'app')
  const [name] = texts(PROCESSES)
  return source && name ? {source: source as 'app' | 'heroku', name} : undefined
}
