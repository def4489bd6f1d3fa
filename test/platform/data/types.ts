/** A backup being captured or restored, as the Data API remembers it. Times are ISO 8601. */
export type TransferState = {
  uuid: string
  /** Counted per billing app, backups and restores together. */
  num: number
  kind: 'backup' | 'restore'
  /** The billing app. */
  appId: string
  /** The database that is read or written. */
  addonId: string
  /** Of the schedule that asked for it. */
  scheduleUuid: string | null
  /** The first attachment's name: DATABASE. */
  database: string
  /** What a restore reads; it may be signed, so it is a secret. */
  backupUrl: string | null
  sourceBytes: number | null
  processedBytes: number
  succeeded: boolean | null
  warnings: number
  createdAt: string
  startedAt: string | null
  canceledAt: string | null
  updatedAt: string | null
  finishedAt: string | null
  deletedAt: string | null
  purgedAt: string | null
  numKeep: number
  logs: Array<{at: string; level: 'error' | 'info'; message: string}>
}

/** A daily backup. */
export type ScheduleState = {
  uuid: string
  addonId: string
  /** The config var: DATABASE_URL. */
  name: string
  hour: number
  timezone: string
  createdAt: string
}
