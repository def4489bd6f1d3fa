/** A backup or restore of a database (platform-facts §6.3); its URLs hold credentials and are not read. */
export type Transfer = {
  uuid: string
  /** Its number below the billing app. */
  num: number
  /** `b001` for a capture by hand, `a001` for a scheduled one, `r001`, `c001` (platform-facts §6.3). */
  name: string
  kind: 'backup' | 'copy' | 'restore'
  /** Of its kind `backup`: made by a schedule. */
  scheduled: boolean
  /** The add-on or attachment it is from, as the platform names it: `DATABASE`. */
  from: string
  to: string
  /** ms since the epoch; the platform's clock. */
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  canceledAt: number | null
  /** The heartbeat. */
  updatedAt: number | null
  succeeded: boolean | null
  warnings: number
  sourceBytes: number | null
  processedBytes: number
  /** How many of its kind are kept; the oldest goes (platform-facts §6.6). */
  keep: number | null
}

/** A database as the Data API knows it (platform-facts §6.5). */
export type DatabaseInfo = {
  plan: string
  /** Data size. */
  bytes?: number
  /** `Available`, … */
  status?: string
  continuousProtection: boolean
  /** Whether it says that it is not ready. */
  waiting: boolean
}

/** Heroku's Data API as a window uses it. Reads are retried; each write goes out exactly once. Errors as those of `Platform`. */
export interface DataApi {
  /** By the add-on's id or name; undefined while it is not provisioned. */
  database(addon: string): Promise<DatabaseInfo | undefined>
  /** All transfers of a billing app that are not deleted, the newest first. */
  transfers(billingApp: string): Promise<Transfer[]>
  /** One of them. */
  transfer(billingApp: string, numOrUuid: number | string): Promise<Transfer>
  /** The last lines of its log, at most five, each a line of text. */
  transferLog(billingApp: string, numOrUuid: number | string): Promise<string[]>
  /** Begins a capture; sent once. @throws OutcomeUnknown when the answer was lost; PlatformError when it was refused */
  capture(addon: string): Promise<Transfer>
  /** Ends one that is not finished: nothing of it is kept. Sent once. Same errors as `capture`. */
  cancel(billingApp: string, uuid: string): Promise<void>
  /** ms since the epoch by the platform's clock, to the second: the `Date` of an answer about the transfers. */
  platformTime(billingApp: string): Promise<number>
}
