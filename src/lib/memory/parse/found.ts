import type {MemoryEvent} from '../types.js'
import type {Dyno} from './dyno.js'
import type {Assumed} from './time.js'
import type {Values} from './values.js'

/**
 * What a line (or one of the records on it) is. `skipped`: it speaks of memory and cannot be read; `foreign`: it only looked as if
 * it did (an add-on's sample, an app that logs "Release v2 created").
 */
export type Found =
  | {kind: 'sample'; at: number; dyno: Dyno; values: Values; assumed?: Assumed}
  | {kind: 'event'; event: MemoryEvent; assumed?: Assumed}
  | {kind: 'foreign' | 'skipped'}
