import type {Summary} from './diagnose/types.js'

/*
 * What `pipeline:memory` knows and says. All memory is in MiB (Heroku writes "MB" and means MiB, platform-facts §8.3), all moments
 * are milliseconds since 1970 (UTC). Everything here but `Recording` is plain data and goes into `--json` as it is.
 */

/** Where numbers came from; shown with every answer. `metrics`: the undocumented metrics API (platform-facts §8.7). */
export type Source = 'archive' | 'log-session' | 'metrics' | 'stdin'

/** One measurement of one dyno, or (source `metrics`) of all dynos of a type in one minute. */
export type Sample = {
  /** Milliseconds since 1970. */
  at: number
  /** `web`. */
  type: string
  /** `web.1`; missing for the metrics API, which knows no dynos. */
  dyno?: string
  /** The instance: the last part of `dyno=heroku.<app>.<uuid>`. A restarted dyno has a new one. */
  uuid?: string
  /** Total memory: rss + cache + swap; of the metrics API the mean over the dynos of the type. */
  total: number
  /** The highest total of the interval that this sample stands for, where it is known: only the metrics API's differ from `total`. */
  peak?: number
  rss?: number
  cache?: number
  swap?: number
  /** `sample#memory_quota`; lines before 2016 have none. */
  quota?: number
}

/** What else the platform said about memory, and about what changes it. `dyno`: `web.1`. */
export type MemoryEvent = {at: number} & (
  | {kind: 'running'; dyno: string; /** `mem=590M` */ total: number; /** `(115.2%)` of the quota */ percent: number}
  | {kind: 'R14' | 'R15'; dyno: string}
  /** `Release v42 created`; `version` is 42. */
  | {kind: 'release'; version: number}
  /** `State changed from starting to up`. */
  | {kind: 'state'; dyno: string; from: string; to: string}
  /** `Process exited with status 137`. */
  | {kind: 'exit'; dyno: string; status: number}
)

/** Whose samples belong together: one dyno instance, as one source knows it. */
export type Instance = {
  source: Source
  type: string
  dyno?: string
  uuid?: string
}

/**
 * The samples, column by column, so that a million of them take 32 MB: sample `i` is `at[i]`, of `instances[instance[i]]`, and
 * `total[i]`…; NaN is "not known". In any order. Only the first `length` entries mean anything. Values are floats of 32 bits:
 * round to 0.01 before showing them, as `sampleAt` does.
 */
export type SampleColumns = {
  length: number
  at: Float64Array
  instance: Uint32Array
  total: Float32Array
  peak: Float32Array
  rss: Float32Array
  cache: Float32Array
  swap: Float32Array
  quota: Float32Array
}

/** How much was looked at, and what became of it. */
export type Counts = {
  /** Bytes read, unpacked. */
  bytes: number
  /** Lines that were looked at, because they may speak of memory: all others are never decoded, nor counted. */
  lines: number
  /** Lines that became a sample or an event. */
  used: number
  /** Lines that speak of memory and could not be read: no time, no dyno, no number, cut off. */
  skipped: number
  /** The same line once more (overlapping archives, a session opened again); it is read each time, and `diagnose` counts it. */
  repeated: number
}

/**
 * What one or several sources gave. Merging is commutative: the same lines in any order, from any number of files, in any chunks,
 * give the same answers. Made by `emptyRecording`, grown by `addSample`, `addEvent`, `readRecording`, `mergeRecordings`.
 */
export type Recording = {
  instances: Instance[]
  samples: SampleColumns
  events: MemoryEvent[]
  counts: Counts
  /** First and last moment of what was used, if anything was. */
  span?: Span
  /** What a person should know of the reading: `3 lines without a year are taken to be of 2025`. */
  notes: string[]
}

export type Span = {from: number; to: number}

/** Memory of a process type or of a dyno instance: see diagnose/types.ts for what each number is. */

/** One dyno from its start to its end; a restart makes another one. */
export type InstanceDiagnosis = Summary & {
  sources: Source[]
  type: string
  dyno?: string
  uuid?: string
}

export type TypeDiagnosis = Summary & {
  type: string
  sources: Source[]
  /** How many dyno instances it had; 0 when only the metrics API knows of it. */
  dynos: number
}

export type Diagnosis = {
  span?: Span
  counts: Counts
  /** By name of the type. */
  types: TypeDiagnosis[]
  /** By dyno, then by first sample. */
  instances: InstanceDiagnosis[]
  /** In order of time. */
  releases: Array<{at: number; version: number}>
  notes: string[]
}

export type {Comparison, MemorySide, Release, TypeComparison, TypeSide} from './compare/types.js'
export type {Budget, Violation} from './diagnose/budget.js'
export type {Advice} from './diagnose/advice.js'

export {type GrowthSummary, type Summary} from './diagnose/types.js'
