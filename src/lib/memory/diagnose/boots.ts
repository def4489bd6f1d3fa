import type {MemoryEvent} from '../types.js'

/** A boot takes less; a second `starting` or `up` within it belongs to the same start. */
const BOOT_MS = 5 * 60_000

/** By dyno name: the moments, sorted, at which a dyno began anew, as state changes and exits tell. */
export function bootsOf(events: readonly MemoryEvent[]): Map<string, number[]> {
  const told = events.filter((event) => event.kind === 'exit' || event.kind === 'state').sort((a, b) => a.at - b.at)
  const boots = new Map<string, number[]>()
  const starting = new Map<string, number>()
  for (const event of told) {
    const moments = boots.get(event.dyno) ?? []
    boots.set(event.dyno, moments)
    if (event.kind === 'exit') moments.push(event.at)
    else if (event.to === 'starting') {
      starting.set(event.dyno, event.at)
      moments.push(event.at)
    } else if (event.from === 'starting' && event.to === 'up') {
      const since = starting.get(event.dyno)
      if (since === undefined || event.at - since > BOOT_MS) moments.push(event.at)
    }
  }
  return boots
}
