/**
 * Why a cache did not do what was asked. `unreachable`: no connection, it was cut, or something else
 * answers there; `auth`: it wants another password;
 * `refused`: it answers with an error; `timeout`: no answer within the deadline.
 */
export type CacheTrouble = 'auth' | 'refused' | 'timeout' | 'unreachable'

/** A cache did not do what was asked. The message names it by host and port and holds no password, no URL and no value. */
export class CacheError extends Error {
  override readonly name = 'CacheError'
  readonly kind: CacheTrouble
  /** `host:port`; of several servers, all that failed. */
  readonly servers: string[]

  constructor(kind: CacheTrouble, facts: {servers: string[]; message: string}) {
    super(facts.message)
    this.kind = kind
    this.servers = facts.servers
  }
}

/** A value of `--flush-cache` that cannot be used. The message names the flag and the config vars, never their values. */
export class FlushCacheError extends Error {
  override readonly name = 'FlushCacheError'
}
