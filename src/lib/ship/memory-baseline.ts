import type {MetricsApi} from '../heroku/metrics-types.js'
import {readBaseline} from '../memory/sources/baseline.js'
import type {Run} from '../run/run.js'
import type {Json} from '../run/step.js'
import {tryWrite} from '../run/undo.js'
import type {ShipFacts} from './facts.js'

/**
 * Reads the memory of the release that runs while the images are built. `keep` journals it, once it is about to be replaced;
 * `close` gives it up. Nothing of the ship hangs on it: neither ever fails, and it is waited for 3 s at most.
 */
export function openMemoryBaseline(
  {app, releasedAt, state}: ShipFacts,
  metrics: ((signal: AbortSignal) => MetricsApi) | undefined,
  run: Run,
): {keep(): Promise<void>; close(): void} {
  const controller = new AbortController()
  const {current, formation} = state
  const signal = AbortSignal.any([run.signal, controller.signal])
  const reading =
    metrics && current && releasedAt !== undefined
      ? readBaseline(
          metrics,
          {app: app.name, appId: app.id, version: current.version, releasedAt, formation},
          {clock: run.clock, signal},
        )
      : undefined
  return {
    async keep() {
      const baseline = await reading
      if (baseline) tryWrite(run, {type: 'memory', baseline: baseline as unknown as Json})
    },
    close: () => controller.abort(),
  }
}
