import {fieldsOf, listOf, maybeText, numberAt, textAt} from './record.js'
import type {ProcessType} from './types.js'

/** As `3.docker-releases` lists it: there `docker_image.id` is the config digest that runs (platform-facts §1.6). */
export function parseFormation(json: unknown): ProcessType[] {
  return listOf(json, 'process type', (item) => {
    const entry = fieldsOf(item, 'process type')
    const image = maybeText(entry, 'docker_image', 'id')
    const command = maybeText(entry, 'command')
    return {
      type: textAt(entry, 'type', 'process type'),
      quantity: numberAt(entry, 'quantity', 'process type'),
      size: maybeText(entry, 'size') ?? maybeText(entry, 'dyno_size', 'name') ?? '',
      ...(image ? {image} : {}),
      ...(command ? {command} : {}),
    }
  })
}
