/** How wide the buckets of an answer are (platform-facts §8.7). */
export type MetricsStep = '1h' | '1m' | '2h' | '10m'

/** What is asked of the memory of a process type; times in ms since the epoch. */
export type MetricsQuery = {appId: string; type: string; start: number; end: number; step: MetricsStep}

/**
 * Memory of a process type over time, MiB, of all its dynos together: `max` is that of the dyno that used most in the bucket,
 * `mean` that of all. Null: nothing is known of that bucket.
 */
export type TypeMemory = {
  /** Of the first bucket, in ms since the epoch. */
  start: number
  /** Of a bucket, in ms. */
  stepMs: number
  max: Array<number | null>
  mean: Array<number | null>
  swap: Array<number | null>
  quota: Array<number | null>
}

/** The metrics host; undocumented, so that anything may be missing (platform-facts §8.7). */
export interface MetricsApi {
  /** Its host and port, for people. @throws Error when HEROKU_METRICS_HOST names none that may be asked */
  host(): string
  /** @throws PlatformError when it refuses, Unreadable when it does not answer, Error when HEROKU_METRICS_HOST is wrong */
  memory(query: MetricsQuery): Promise<TypeMemory>
}
