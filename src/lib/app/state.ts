import type {ProcessType} from '../heroku/types.js'

/** A release as a plan needs it. */
export type ReleaseSeen = {id: string; version: number; description: string}

/** What is true of an app right now. Read in preflight, and read again before the release. */
export type AppState = {
  maintenance: boolean
  formation: ProcessType[]
  /** The current release; null before the first. */
  current: ReleaseSeen | null
  /** The newest version there is, failed and pending ones included. */
  newest: number
  /** Dynos that are not up: `web.1 is crashed`. */
  notUp: string[]
  crashed: string[]
}
