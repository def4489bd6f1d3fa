import type {AppState} from '../app/state.js'

/** A command for a one-off dyno. Its text is shown, journaled and seen by `heroku ps`, as that of `heroku run` is. */
export type DynoCommand = {
  command: string
  /** The process type whose image runs it; web's when left out (platform-facts §5.1). */
  type?: string
  /** Dyno size; the platform's choice when left out. */
  size?: string
}

/** A database as its backups are listed: under the app that pays for it (platform-facts §6.2). */
export type DatabaseSeen = {
  addonId: string
  /** `postgresql-curly-12345`. */
  addon: string
  plan: string
  /** `DATABASE`. */
  attachment: string
  billingApp: string
  /**
   * Names of other databases there. A transfer names its database by an attachment of the billing app, nobody knows by which:
   * one that bears none of these may be of this database.
   */
  others: string[]
  /** Data size in bytes; undefined when Heroku does not say. */
  bytes?: number
  /** On a plan with continuous protection a point in time can be gone back to (platform-facts §6.6). */
  continuousProtection: boolean
}

/** What is kept before the schema changes. */
export type BackupFacts = {
  /**
   * `capture`: a logical backup of our own. `restore-point`: only the time is recorded, where there is continuous protection;
   * other databases are captured. `none`: nothing, but an unfinished backup of these databases is waited for.
   */
  mode: 'capture' | 'none' | 'restore-point'
  databases: DatabaseSeen[]
  timeoutMs: number
}

/** A cache to empty after the migration. `what` is as it was asked for: `memcachier`, `REDIS_URL`, or the command. */
export type FlushFacts =
  | {by: 'command'; what: string; command: DynoCommand}
  | {by: 'memcachier'; what: string}
  | {by: 'redis'; what: string; configVar: string; match?: string}

/** The health check after the lift (design §4.12). `baseline` is how the same request went in preflight. */
export type HealthFacts = {
  url: string
  /** Sent as Host header. */
  host?: string
  /** Inclusive ranges of statuses. */
  expect: Array<[number, number]>
  /** A response header that must have this value: the new code is recognised by it. */
  header?: {name: string; value: string}
  timeoutMs: number
  baseline: {ok: boolean; said: string}
}

/** Everything a maintenance window has to know before it opens. JSON, journaled, no secret in it. */
export type WindowFacts = {
  app: {id: string; name: string; webUrl?: string}
  user: string
  state: AppState
  /** Whether preboot is on; it goes off for the window and comes back after it. */
  preboot: boolean
  /** `keep`: the flag is left as it is found. `none`: no window, the app goes on beside the migration. */
  maintenance: 'keep' | 'none' | 'set'
  /** Types that go to 0 for the window, with the quantities they come back to. */
  down: Record<string, number>
  /** Types that run and stay up: they are restarted after the migration, because they booted on the old schema. */
  keptUp: string[]
  backup: BackupFacts
  migration?: DynoCommand & {timeoutMs: number}
  /** The release of a ship has a release phase, which counts as a migration. */
  releasePhase?: boolean
  migrateUndo?: DynoCommand
  flushes: FlushFacts[]
  flushRequired: boolean
  smoke?: DynoCommand
  health?: HealthFacts
  stableForMs: number
  onMigrationFailure: 'hold' | 'rollback'
  /** Undefined: as the failure policy has it, by whether something was migrated. */
  onUnhealthy?: 'hold' | 'rollback'
}

/** A dump that runs would block the migration, so it is waited for even where none is made (design §4.1). */
export const looksAfterData = ({backup, migration}: WindowFacts): boolean =>
  backup.databases.length > 0 && (backup.mode !== 'none' || migration !== undefined)

/** Where there is no continuous protection to record a point of, a dump is made instead (design §4.5). */
export const howOf = (mode: BackupFacts['mode'], {continuousProtection}: DatabaseSeen): BackupFacts['mode'] =>
  mode === 'restore-point' && !continuousProtection ? 'capture' : mode

/** Whether a backup is more than a moment that is recorded. */
export const takesTime = ({databases, mode}: BackupFacts): boolean =>
  databases.some((one) => howOf(mode, one) !== 'restore-point')
