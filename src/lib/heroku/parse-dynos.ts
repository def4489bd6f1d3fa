import {fieldsOf, listOf, maybeText, numberAt, textAt} from './record.js'
import type {Dyno, OneOff} from './types.js'

export function parseDynos(json: unknown): Dyno[] {
  return listOf(json, 'dyno', parseDyno)
}

export function parseDyno(json: unknown): Dyno {
  const dyno = fieldsOf(json, 'dyno')
  return {
    id: textAt(dyno, 'id', 'dyno'),
    name: textAt(dyno, 'name', 'dyno'),
    type: textAt(dyno, 'type', 'dyno'),
    state: textAt(dyno, 'state', 'dyno'),
    release: numberAt(fieldsOf(dyno.release, 'release of a dyno'), 'version', 'release of a dyno'),
    command: maybeText(dyno, 'command') ?? '',
    createdAt: textAt(dyno, 'created_at', 'dyno'),
    updatedAt: textAt(dyno, 'updated_at', 'dyno'),
  }
}

/** The answer to POST /dynos. */
export function parseOneOff(json: unknown): OneOff {
  const dyno = fieldsOf(json, 'dyno')
  const attachUrl = maybeText(dyno, 'attach_url') ?? null
  return {id: textAt(dyno, 'id', 'dyno'), name: textAt(dyno, 'name', 'dyno'), attachUrl}
}
