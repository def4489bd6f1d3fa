import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {expect, test} from 'vitest'

import type {LogLine} from '../../../src/lib/heroku/types.js'
import {type Live, watchMemory} from '../../../src/lib/memory/command/live.js'
import type {MemoryServices} from '../../../src/lib/memory/sources/services.js'
import {plainView} from '../../../src/lib/memory/views/live-plain.js'
import {liveLines} from '../../../src/lib/memory/views/live-lines.js'
import {paintFor} from '../../../src/lib/ui/paint.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heap = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

const HOUR = 3_600_000
const START = Date.parse('2026-11-21T00:00:00Z')
const DYNOS = Array.from({length: 8}, (_, index) => `web.${index + 1}`)

/** A day of an app with eight dynos that restart every hour and are over their quota now and then, at a simulated clock. */
function busyDay(): {services: MemoryServices; end: AbortController; lines(): number} {
  const end = new AbortController()
  let now = START
  let lines = 0
  const pauses: Array<() => void> = []

  async function* logs(): AsyncGenerator<LogLine> {
    for (now = START; now < START + 24 * HOUR; now += 20_000) {
      const at = new Date(now).toISOString()
      const instance = Math.floor((now - START) / HOUR)
      for (const [index, dyno] of DYNOS.entries()) {
        const uuid = `00000000-0000-4000-8000-${String(instance * 100 + index).padStart(12, '0')}`
        const total = (400 + 150 * Math.abs(Math.sin(now / 5e6 + index))).toFixed(2)
        const sample = `source=${dyno} dyno=heroku.1.${uuid} sample#memory_total=${total}MB sample#memory_quota=512.00MB`
        yield {at, source: 'heroku', dyno, text: sample}
        if (Number(total) > 512) yield {at, source: 'heroku', dyno, text: 'Error R14 (Memory quota exceeded)'}
        yield {at, source: 'app', dyno, text: `a line of the app's own ${lines}`}
        lines += 1
      }

      // Whoever sleeps is woken once the simulated time has come.
      for (const wake of pauses.splice(0)) wake()
      await new Promise((resolve) => setImmediate(resolve))
    }

    end.abort()
  }

  const clock = {
    now: () => now,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const onAbort = () => reject(new Error('aborted'))
        signal?.addEventListener('abort', onAbort, {once: true})
        pauses.push(() => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
      }),
  }
  const web = {type: 'web', quantity: DYNOS.length, size: 'Standard-1X'}
  const services: MemoryServices = {
    clock,
    signal: end.signal,
    platform: {
      app: async () => ({id: 'id', name: 'example-app', owner: '', stack: '', buildStack: '', maintenance: false}),
      formation: async () => [web],
      newestReleases: async () => [],
      logs,
      async setFeature() {},
    },
    memory: {dynoSizes: async () => [], metricsLogged: async () => true},
    metrics: {
      host: () => 'metrics',
      memory: async () => ({start: START, stepMs: 60_000, max: [], mean: [], swap: [], quota: []}),
    },
  }
  return {services, end, lines: () => lines}
}

test('a day of --tail stays flat in memory, in lines and as a dashboard', async () => {
  const {end, lines, services} = busyDay()
  const heaps: number[] = []
  const most = {samples: 0, instances: 0, events: 0}
  let written = 0
  let hour = 0
  let last: Live | undefined
  const plain = plainView(() => (written += 1))
  await watchMemory(services, 'example-app', {
    show(live) {
      plain.show(live)
      last = live
      const {events, instances, samples} = live.recording
      most.samples = Math.max(most.samples, samples.length)
      most.instances = Math.max(most.instances, instances.length)
      most.events = Math.max(most.events, events.length)
      if (live.now < START + (hour + 1) * HOUR) return
      hour += 1
      const dashboard = liveLines(live, {columns: 100, rows: 40, paint: paintFor(false)})
      expect(dashboard.filter((line) => /^ {2}web\.\d+ .* MB/.test(line))).toHaveLength(DYNOS.length)
      heaps.push(heap())
    },
  })
  expect(end.signal.aborted).toBe(true)
  expect(lines()).toBe(24 * 180 * DYNOS.length)
  expect(written).toBeGreaterThan(24 * 60 * DYNOS.length * 0.9)
  // An hour, and what has come since it was looked at last.
  expect(most.samples).toBeLessThan(DYNOS.length * 200)
  expect(most.instances).toBeLessThan(DYNOS.length * 3)
  expect(most.events).toBeLessThan(DYNOS.length * 200)
  expect(last?.recording.samples.at.length).toBeLessThan(DYNOS.length * 400)
  expect(heaps.at(-1)! - heaps[3]!).toBeLessThan(4)
}, 60_000)
