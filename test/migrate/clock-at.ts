import {type Clock, systemClock} from '../../src/lib/run/clock.js'

/** The product's time, as fast as that of a local Heroku of this `speed`. */
export function clockAt(speed: number): Clock {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  }
}
