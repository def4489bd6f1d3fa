import type {Clock} from '../run/clock.js'

/** Aborts its signal when nothing has happened for `ms`, or when `outer` aborts. Call `end` when the work is over. */
export function watchdog(clock: Clock, ms: number, outer: AbortSignal[]): Watchdog {
  const idle = new AbortController()
  const over = new AbortController()
  let last = clock.now()
  void (async () => {
    for (let left = ms; left > 0; left = last + ms - clock.now()) await clock.sleep(left, over.signal)
    idle.abort(new Error(`nothing has moved for ${Math.round(ms / 1000)} s`))
  })().catch(() => {})
  return {
    signal: AbortSignal.any([idle.signal, ...outer]),
    moved: () => (last = clock.now()),
    end: () => over.abort(),
  }
}

export type Watchdog = {signal: AbortSignal; moved(): void; end(): void}
