import {listJournals} from '../../run/journal-read.js'
import type {MemorySide} from '../types.js'

/** What ships on this machine have journaled of the memory of the releases that they replaced, by version; the newest counts. */
export function journaledBaselines(dataDir: string, app: string): (version: number) => MemorySide | undefined {
  return (version) => {
    for (const {story} of listJournals(dataDir, app)) {
      const side = story.memory as unknown
      if (isSide(side) && side.version === version) return side
    }

    return undefined
  }
}

/** A journal is a file that anybody may have edited. */
function isSide(side: unknown): side is MemorySide {
  if (typeof side !== 'object' || side === null) return false
  const {from, label, to, types, version} = side as Record<string, unknown>
  const numbers = [from, to, version].every((value) => typeof value === 'number')
  return numbers && typeof label === 'string' && Array.isArray(types) && types.every((type) => isTypeSide(type))
}

function isTypeSide(side: unknown): boolean {
  if (typeof side !== 'object' || side === null) return false
  const fields = side as Record<string, unknown>
  const numbers = ['samples', 'warmUp', 'dynos', 'median', 'p95', 'peak', 'r14', 'r15']
  const lists = ['instances', 'thinned', 'sources']
  return (
    typeof fields.type === 'string' &&
    numbers.every((name) => typeof fields[name] === 'number') &&
    lists.every((name) => Array.isArray(fields[name]))
  )
}
