import {fieldsOf, listOf, numberAt, textAt} from './record.js'
import type {Dyno} from './types.js'

export function parseDynos(json: unknown): Dyno[] {
  return listOf(json, 'dyno', (item) => {
    const dyno = fieldsOf(item, 'dyno')
    return {
      id: textAt(dyno, 'id', 'dyno'),
      name: textAt(dyno, 'name', 'dyno'),
      type: textAt(dyno, 'type', 'dyno'),
      state: textAt(dyno, 'state', 'dyno'),
      release: numberAt(fieldsOf(dyno.release, 'release of a dyno'), 'version', 'release of a dyno'),
      createdAt: textAt(dyno, 'created_at', 'dyno'),
      updatedAt: textAt(dyno, 'updated_at', 'dyno'),
    }
  })
}
