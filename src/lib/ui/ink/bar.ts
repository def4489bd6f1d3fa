import type {Paint} from '../paint.js'
import type {Progress} from '../view.js'

/** A bar of `width` cells for what has a total; undefined for what has none. */
export function bar({current = 0, total}: Progress, width: number, paint: Paint): string | undefined {
  if (total === undefined || !(total > 0)) return undefined
  const full = Math.round(Math.min(1, Math.max(0, current / total || 0)) * width)
  return `${paint.busy('━'.repeat(full))}${paint.dim('─'.repeat(width - full))}`
}
