import type {ScheduleState, TransferState} from '../data/types.js'

/** Everything the local Heroku remembers; JSON, so that it can be written to a file and compared. Times are ISO 8601. */
export type PlatformState = {
  version: 1
  /** The token of the account: the exports of one start serve the next. */
  apiKey: string
  account: AccountState
  apps: AppState[]
  addons: AddonState[]
  attachments: AttachmentState[]
  transfers: TransferState[]
  schedules: ScheduleState[]
}

export type AccountState = {id: string; email: string; createdAt: string}

export type AppState = {
  id: string
  name: string
  createdAt: string
  updatedAt: string
  releasedAt: string | null
  /** E-mail of the owner; a team app has `<team>@herokumanager.com`. */
  owner: string
  region: string
  /** `container` for Docker apps (platform-facts §1.4). */
  stack: string
  buildStack: string
  /** `cedar` or `fir`; shown in 3.sdk only (platform-facts §9.1). */
  generation: string
  maintenance: boolean
  configVars: Record<string, string>
  formation: Record<string, FormationState>
  releases: ReleaseState[]
  /** Version of the release that runs; a pending or failed one is never it. */
  currentVersion: number
  features: Record<string, boolean>
  /** Of the metrics host; there is at most one a process type. */
  monitors?: MonitorState[]
  /** Port of the app's own listener, kept so that `web_url` survives a restart. */
  routerPort?: number
}

/** As the metrics host writes it (platform-facts §3.3; the fields that the stock CLI does not know: terraform-provider-herokux). */
export type MonitorState = {
  id: string
  app_id: string
  process_type: string
  action_type: string
  name: string
  is_active: boolean
  min_quantity: number
  max_quantity: number
  value: number
  op: string
  period: number
  notification_period: number
  notification_channels: string[]
}

export type FormationState = {
  id: string
  quantity: number
  size: string
  createdAt: string
  updatedAt: string
}

export type ReleaseState = {
  id: string
  version: number
  status: 'failed' | 'pending' | 'succeeded'
  /** Set by hand or by a knob; age expires releases by itself (platform-facts §1.10). */
  expired: boolean
  description: string
  createdAt: string
  updatedAt: string
  user: string
  /** Config digests by process type (platform-facts §1.5). */
  images: Record<string, string>
  /** The undocumented `command` of a formation update: overrides CMD (platform-facts §1.6). */
  commands: Record<string, string>
  configVars: Record<string, string>
  addonPlanNames: string[]
  /** Present when the release has a release phase. */
  streamId?: string
  /** Buildpack releases have a slug, container releases none (platform-facts §1.7). */
  slug: string | null
}

export type AddonState = {
  id: string
  name: string
  service: string
  plan: string
  /** The billing app. */
  appId: string
  configVars: string[]
  createdAt: string
  /** Of a database that is really there. */
  databaseUrl?: string
}

export type AttachmentState = {id: string; name: string; addonId: string; appId: string; createdAt: string}
