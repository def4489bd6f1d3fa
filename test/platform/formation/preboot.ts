import type {PlatformTime} from '../time.js'
import type {Dyno} from './dyno.js'
import {bootTimeoutMs} from './launch.js'

/** From a release to the switch (platform-facts §3.4). */
const switchAfterMs = bootTimeoutMs + 120_000

/** Standard and Performance only (platform-facts §3.4); Eco and Basic have none (§3.2). */
export const canPreboot = (size: string): boolean => /^(Standard|Performance)-/.test(size)

/** The old web dynos of one app: they serve, unlisted, while those of the new release may not yet (platform-facts §3.4). */
export class Preboot {
  readonly #time: PlatformTime
  /** Web dynos of earlier releases, one list a release, oldest first; an empty one was scaled away. */
  #old: Dyno[][] = []

  constructor(time: PlatformTime) {
    this.#time = time
  }

  /** The switch has not come yet. */
  get waits(): boolean {
    return this.#old.length > 0
  }

  /** The old dynos serve until the switch, and then go to `leave`. */
  begin(old: Dyno[], leave: (dyno: Dyno) => void): void {
    this.#old.push(old)
    this.#time.after(switchAfterMs, () => {
      this.#old = this.#old.filter((dynos) => dynos !== old)
      for (const dyno of old.splice(0)) leave(dyno)
    })
  }

  /** Of the oldest release that still has a dyno that is up; all crashed ones leave the requests to the newest. */
  routable(newest: Dyno[]): Dyno[] {
    const up = this.#old.map((dynos) => dynos.filter((dyno) => dyno.state === 'up')).find((dynos) => dynos.length > 0)
    if (up) return up
    const scaledAway = this.waits && this.#old.every((dynos) => dynos.length === 0)
    return scaledAway ? [] : newest
  }

  /** Scaling down takes the old dynos, and the new ones stay without requests until the switch (platform-facts §3.4). */
  scaledDown(): Dyno[] {
    return this.#old.flatMap((dynos) => dynos.splice(0))
  }
}
