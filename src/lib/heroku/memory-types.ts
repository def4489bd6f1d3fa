/** A dyno size as the platform lists it (platform-facts §8.6). */
export type DynoSize = {
  /** `Standard-1X` */
  name: string
  /** MiB: the API's gigabytes × 1024. */
  memory: number
  /** Cents a month of one dyno; missing where the API gives none. */
  cents?: number
  /** Only in private spaces. */
  privateOnly: boolean
  /** `cedar`, `fir`; missing where the API gives none. */
  generation?: string
}

/** What the Platform API says of memory. */
export interface MemoryApi {
  /** The sizes that an app may have. */
  dynoSizes(app: string): Promise<DynoSize[]>
  /** Whether the dynos that start from now on log their memory (platform-facts §8.3). */
  metricsLogged(app: string): Promise<boolean>
}
