/** The user whose token we use. */
export type Account = {email: string}

/** An app, as far as a ship cares. */
export type App = {
  id: string
  name: string
  /** The team or user that owns it. */
  owner: string
  /** `cedar` or `fir` (platform-facts §1.11); undefined when the platform does not say. */
  generation?: string
  stack: string
  /** The stack the next release gets; `container` for Docker apps (platform-facts §1.4). */
  buildStack: string
  maintenance: boolean
  webUrl?: string
}

/** One entry of the formation. `image` is the config digest that runs (platform-facts §1.5), absent for buildpack apps. */
export type ProcessType = {type: string; quantity: number; size: string; image?: string; command?: string}

/** A dyno as `GET /dynos` lists it; a draining one is missing from there (platform-facts §3.5). */
export type Dyno = {
  id: string
  name: string
  type: string
  state: 'crashed' | 'down' | 'idle' | 'starting' | 'up' | (string & {})
  release: number
  command: string
  /** ISO 8601. */
  createdAt: string
  updatedAt: string
}

/** A one-off dyno that was just made; `attachUrl` holds a secret and is null when it is detached (platform-facts §5.1). */
export type OneOff = {name: string; id: string; attachUrl: string | null}

/** What a one-off dyno is to run. `timeToLiveS`: the platform ends it then, at most 86 400 s (platform-facts §5.1). */
export type OneOffRequest = {
  command: string
  attach: boolean
  /** Whose image it runs; web's when left out. */
  type?: string
  size?: string
  timeToLiveS?: number
  env?: Record<string, string>
}

/** An add-on as it is attached to an app: `FOO` with the config var `FOO_URL`. No values in it. */
export type Attachment = {
  /** `DATABASE`, `HEROKU_POSTGRESQL_COPPER`. */
  name: string
  /** The app it is attached to. */
  app: string
  addon: {
    id: string
    name: string
    plan: string
    /** The billing app, where its backups are listed (platform-facts §6.2). */ app: string
  }
  configVars: string[]
}

/** An add-on of an app. `service`: `heroku-postgresql`, `scheduler`. */
export type Addon = {id: string; name: string; service: string; plan: string}

/** A release (platform-facts §1.7). `expired` comes only from the 3.sdk variant. */
export type Release = {
  id: string
  version: number
  status: 'expired' | 'failed' | 'pending' | 'succeeded' | (string & {})
  current: boolean
  description: string
  user: string
  /** ISO 8601. */
  createdAt: string
  /** Text/plain or SSE, resumable; null when the release has no release phase (platform-facts §1.8). */
  outputStreamUrl: string | null
  /** Undefined when the platform does not say. */
  eligibleForRollback?: boolean
  /** A buildpack release has a slug, a container release has none. */
  slug: string | null
}

/** A line of a log session (platform-facts §8.2). */
export type LogLine = {
  at: string
  source: 'app' | 'heroku' | (string & {})
  /** `web.1`, `router`, `api`, `run.9876`. */
  dyno: string
  text: string
  /** Here lines may be missing: do not trust the absence of one. `text` says so to a person. */
  gap?: LogGap
}

/** `dropped` is how many lines, where the platform says it (L11, platform-facts §8.1). */
export type LogGap = {dropped?: number}

/** The Platform API as a ship uses it. Reads are retried; each write goes out exactly once. */
export interface Platform {
  account(): Promise<Account>
  app(app: string): Promise<App>
  /** With the images that run. */
  formation(app: string): Promise<ProcessType[]>
  dynos(app: string): Promise<Dyno[]>
  /** The newest first, at most `max`. */
  newestReleases(app: string, max: number): Promise<Release[]>
  release(app: string, idOrVersion: number | string): Promise<Release>
  /** Whether preboot is on: old dynos then go on serving for about three minutes (platform-facts §3.4). */
  preboot(app: string): Promise<boolean>
  /**
   * One PATCH of the formation with these images; sent once, never again by itself (platform-facts §1.6).
   * Resolves with the warning the platform gave, if any ("… was not updated, because it is already running …").
   * @throws OutcomeUnknown when the answer was lost; PlatformError when the platform refused
   */
  releaseImages(app: string, updates: Array<{type: string; image: string}>): Promise<{warning?: string}>
  /** POST a rollback to this release id; sent once. Same errors as `releaseImages`. */
  rollback(app: string, releaseId: string): Promise<Release>
  /** PATCH of the maintenance flag: no release, no restart (platform-facts §4). Sent once; the same may be said again. */
  setMaintenance(app: string, on: boolean): Promise<void>
  /** PATCH of an app feature (platform-facts §3.4): nothing restarts. Sent once; the same may be said again. */
  setFeature(app: string, feature: string, enabled: boolean): Promise<void>
  /** PATCH of absolute quantities: no release, other types do not restart (platform-facts §3.1). Sent once; the same may be said again. */
  scale(app: string, quantities: Record<string, number>): Promise<void>
  /** Restarts the dynos of one type (3.sdk, platform-facts §9.1); sent once. */
  restartType(app: string, type: string): Promise<void>
  /** POST of a one-off dyno; sent once. Same errors as `releaseImages`; 409 right after a release (platform-facts §3.6). */
  createDyno(app: string, request: OneOffRequest): Promise<OneOff>
  /** A dyno by its name; undefined when there is none (any more: platform-facts §5.3). */
  dyno(app: string, name: string): Promise<Dyno | undefined>
  /** Asks for the end of a dyno (platform-facts §5.4); sent once. */
  stopDyno(app: string, name: string): Promise<void>
  /** All config vars with their values: secrets, for the moment of their use only. */
  configVars(app: string): Promise<Record<string, string>>
  addons(app: string): Promise<Addon[]>
  /** Attachments of this app. */
  attachments(app: string): Promise<Attachment[]>
  /** Every attachment of an add-on: which other apps use the same database. */
  attachmentsOf(addonId: string): Promise<Attachment[]>
  /** Lines of a log session as they come; ends when the session ends, `tail` reconnects until `signal` aborts. Lost lines: `gap`. */
  logs(app: string, options: LogOptions): AsyncIterable<LogLine>
  /**
   * The output of a release phase, line by line, from its first line: waits while the stream is 404, resumes where a drop
   * cut it, ends when the stream ends or `signal` aborts. Decoration only: it never throws.
   */
  releaseOutput(url: string, options: {signal: AbortSignal}): AsyncIterable<string>
}

export type LogOptions = {
  dyno?: string
  source?: string
  /** Back-fill, at most 1500. */
  lines: number
  tail: boolean
  signal: AbortSignal
}
