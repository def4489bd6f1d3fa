import {appendFileSync, readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'

/** One answer of the Platform API, as the official schemas are asked about it. */
export type Answer = {
  method: string
  /** Without the query. */
  path: string
  accept: string
  status: number
  /** With Accept-Expansion or Accept-Inclusion: the answer holds more than the schema says. */
  extended: boolean
  body: unknown
}

const seen = new Set<string>()

/**
 * With RECORD_RESPONSES=FOLDER, writes every answer of every platform in this process into a file of its own there: one line
 * of JSON, or an empty line for an answer that is like an earlier one but for its ids and times.
 */
export function recordAnswer(answer: Answer): void {
  const folder = process.env.RECORD_RESPONSES
  if (!folder) return
  const text = JSON.stringify(answer)
  const likeness = text.replaceAll(uuid, 'UUID').replaceAll(time, 'TIME').replaceAll(/\d+/g, '0')
  const known = seen.has(likeness)
  seen.add(likeness)
  appendFileSync(path.join(folder, `${process.pid}.ndjson`), known ? '\n' : `${text}\n`)
}

const uuid = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g

/** What a whole run recorded: how many answers, and those that differ. */
export function recordedAnswers(folder: string): {count: number; different: Answer[]} {
  const lines = readdirSync(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8').split('\n').slice(0, -1),
  )
  return {count: lines.length, different: lines.filter(Boolean).map((line) => JSON.parse(line) as Answer)}
}
