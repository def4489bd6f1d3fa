import type {MemoryCurve} from './metrics/memory.js'

/** Switches of one app that make the platform behave as it does on a bad day (platform-facts §12). All times in real milliseconds. */
export type Knobs = {
  /** The release phase ends, its release stays pending: an internal event was lost (platform-facts §1.8). */
  releaseStaysPending: boolean
  /** The output stream answers 404 this long after the dyno first wrote. */
  streamNotFoundMs: number
  /** Nothing is sent on the output stream until the dyno has ended, not even a keep-alive. */
  streamSilent: boolean
  /** Each connection to the output stream is cut after this many bytes; 0 = never. */
  streamCutAfterBytes: number
  /** Dynos of these types exit with status 1 as they boot, on any release newer than `afterVersion`. */
  crashOnBoot: {types: string[]; afterVersion?: number} | undefined
  /** SIGTERM reaches the process this much later than the log says. */
  drainMs: number
  /** SIGTERM never reaches the process: R12, SIGKILL, 137. */
  ignoreSigterm: boolean
  /** `GET /dynos` tells what was true this long ago. */
  dynoListLagMs: number
  /** The next N `POST /dynos` answer 409, as right after a release (platform-facts §3.6). */
  dynoConflicts: number
  /** Clients of attached dynos get their output cut behind each of these bytes: `EF` is inside the UTF-8 of U+FFFF. */
  rendezvousSplitAfter: Buffer | undefined
  /** The line `rendezvous` comes in one chunk with the first output. */
  rendezvousJoinsFirst: boolean
  /** The connection of an attached dyno's client is cut after this many bytes of output; 0 = never. */
  rendezvousCutAfterBytes: number
  /** Attached dynos are told to meet where nobody listens, as behind a firewall that blocks port 5000. */
  rendezvousBlocked: boolean
  /** Every release but the current one is expired (platform-facts §1.10). */
  releasesExpired: boolean
  /** A tail session is cut after this many lines; 0 = never. */
  logTailCutAfterLines: number
  /** Tail sessions drop the next N lines they would send; an L11 line tells how many (platform-facts §8.1). */
  logTailDropLines: number
  /** The next `times` requests to the app end with H18, after the dyno has begun to answer, or with H99, before one is asked. */
  routerError: {code: 'H18' | 'H99'; times: number} | undefined
  /** Each dyno of the formation is cycled this long after it started, as Heroku does once a day; 0 = never. */
  cycleMs: number
  /** The account has no access: 403 from the API, unauthorized from the registry. */
  forbidden: boolean
  /** A capture or restore lasts at least this long once it has started. */
  transferMs: number
  /** The next captures and restores end as failed with this as the last line of their logs; nothing is read or written. */
  transferFails: string | undefined
  /** Captures and restores do not start. */
  transferStaysPending: boolean
  /** The next N looks at one transfer answer 503. */
  transferPollErrors: number
  /** The next N requests about a database answer 404: it is not provisioned yet (platform-facts §6.3). */
  databaseProvisioning: number
  /** The next N `wait_status` say that the database is not ready. */
  databaseWaits: number
  /** An active monitor overwrites a web quantity set by hand this much later; undefined = a minute of the platform's time. */
  autoscaleMs: number | undefined
  /** Whenever the account scales this type below `quantity`, somebody else sets it to that this much later, `times` times. */
  scaledBack: {type: string; quantity: number; afterMs: number; times: number} | undefined
  /**
   * Memory of these types, and nothing of others: what the metrics host tells and, with `log-runtime-metrics` since the dyno
   * started, what is logged about every 20 s; over the quota R14, over twice as much R15 and SIGKILL (platform-facts §8.3, §8.7).
   */
  memoryCurves: Record<string, MemoryCurve>
}

export const defaultKnobs = (): Knobs => ({
  releaseStaysPending: false,
  streamNotFoundMs: 0,
  streamSilent: false,
  streamCutAfterBytes: 0,
  crashOnBoot: undefined,
  drainMs: 0,
  ignoreSigterm: false,
  dynoListLagMs: 0,
  dynoConflicts: 0,
  rendezvousSplitAfter: undefined,
  rendezvousJoinsFirst: false,
  rendezvousCutAfterBytes: 0,
  rendezvousBlocked: false,
  releasesExpired: false,
  logTailCutAfterLines: 0,
  logTailDropLines: 0,
  routerError: undefined,
  cycleMs: 0,
  forbidden: false,
  transferMs: 0,
  transferFails: undefined,
  transferStaysPending: false,
  transferPollErrors: 0,
  databaseProvisioning: 0,
  databaseWaits: 0,
  autoscaleMs: undefined,
  scaledBack: undefined,
  memoryCurves: {},
})
