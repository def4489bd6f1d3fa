import type {DataApi} from '../../src/lib/heroku/data-types.js'
import type {MemoryApi} from '../../src/lib/heroku/memory-types.js'
import type {MetricsApi} from '../../src/lib/heroku/metrics-types.js'
import type {Platform} from '../../src/lib/heroku/types.js'

export const APP = 'acme'

/** What calls have to name, of the app of these tests. */
export type Known = {release: string; version: number; dyno: string; addon: string; transfer: string; id: string}

type Client = {
  platform: Platform
  data: DataApi
  memory: MemoryApi
  metrics: MetricsApi
  known: Known
  signal: AbortSignal
}
type Call = (client: Client) => Promise<unknown>

/** The log is a write and a stream; the output of a release phase is decoration that never fails (release-output.test.ts). */
type Streams = 'logs' | 'releaseOutput'
type Writes =
  | 'cancel'
  | 'capture'
  | 'createDyno'
  | 'releaseImages'
  | 'restartType'
  | 'rollback'
  | 'scale'
  | 'setFeature'
  | 'setMaintenance'
  | 'stopDyno'
/** Where the metrics host is, is no call. */
type Every = Exclude<keyof MetricsApi, 'host'> | keyof DataApi | keyof MemoryApi | keyof Platform

/** Every read of the clients: one that is added and missing here does not compile. */
export const reads: Record<Exclude<Every, Streams | Writes>, Call> = {
  account: ({platform}) => platform.account(),
  addons: ({platform}) => platform.addons(APP),
  app: ({platform}) => platform.app(APP),
  attachments: ({platform}) => platform.attachments(APP),
  attachmentsOf: ({known, platform}) => platform.attachmentsOf(known.addon),
  configVars: ({platform}) => platform.configVars(APP),
  database: ({data, known}) => data.database(known.addon),
  dyno: ({known, platform}) => platform.dyno(APP, known.dyno),
  dynoSizes: ({memory}) => memory.dynoSizes(APP),
  dynos: ({platform}) => platform.dynos(APP),
  formation: ({platform}) => platform.formation(APP),
  memory: ({known, metrics}) =>
    metrics.memory({appId: known.id, type: 'worker', start: HOUR, end: 2 * HOUR, step: '1m'}),
  metricsLogged: ({memory}) => memory.metricsLogged(APP),
  newestReleases: ({platform}) => platform.newestReleases(APP, 5),
  platformTime: ({data}) => data.platformTime(APP),
  preboot: ({platform}) => platform.preboot(APP),
  release: ({known, platform}) => platform.release(APP, known.version),
  transfer: ({data, known}) => data.transfer(APP, known.transfer),
  transferLog: ({data, known}) => data.transferLog(APP, known.transfer),
  transfers: ({data}) => data.transfers(APP),
}

/** Every write. */
export const writes: Record<Writes, Call> = {
  cancel: ({data, known}) => data.cancel(APP, known.transfer),
  capture: ({data, known}) => data.capture(known.addon),
  createDyno: ({platform}) => platform.createDyno(APP, {command: 'true', attach: false, type: 'worker'}),
  releaseImages: ({platform}) => platform.releaseImages(APP, [{type: 'worker', image: DIGEST}]),
  restartType: ({platform}) => platform.restartType(APP, 'worker'),
  rollback: ({known, platform}) => platform.rollback(APP, known.release),
  scale: ({platform}) => platform.scale(APP, {worker: 1}),
  setFeature: ({platform}) => platform.setFeature(APP, 'preboot', true),
  setMaintenance: ({platform}) => platform.setMaintenance(APP, true),
  stopDyno: ({known, platform}) => platform.stopDyno(APP, known.dyno),
}

const HOUR = 3_600_000

/** Of no image that is there. */
const DIGEST = `sha256:${'0'.repeat(64)}`

/** Lines of the log until it ends. */
export async function readLog({platform, signal}: Client): Promise<unknown> {
  const lines = []
  for await (const line of platform.logs(APP, {lines: 5, tail: false, signal})) lines.push(line)
  return lines
}
