import prettyBytes from 'pretty-bytes'

import type {Transfer} from '../../heroku/data-types.js'
import type {DatabaseSeen} from '../facts.js'

/** `12.3 MB`, in powers of 1000. */
export const sizeWords = (bytes: number): string => prettyBytes(bytes)

/** `40 s`, `12 min`, `2 h 5 min`. */
export function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
}

/** `2026-11-21 15:52:07 UTC`. */
export const timeWords = (ms: number): string => `${stamp(ms)} UTC`

/** As PostgreSQL and Heroku's rollback take it: `2026-11-21 15:52:07+00`. */
export const stampWords = (ms: number): string => `${stamp(ms)}+00`

/** `The scheduled backup a014`, `The restore r013`. */
export function transferWords({kind, name, scheduled}: Transfer): string {
  return `The ${scheduled ? 'scheduled ' : ''}${kind} ${name}`
}

/** What ends it, as a person would type it; transfers are listed under the billing app (platform-facts §6.2). */
export function cancelCommand({billingApp}: DatabaseSeen, {name}: {name: string}): string {
  return `heroku pg:backups:cancel ${name} --app ${billingApp}`
}

export function infoCommand({billingApp}: DatabaseSeen, {name}: {name: string}): string {
  return `heroku pg:backups:info ${name} --app ${billingApp}`
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

/** Its rollbacks have a command of their own (stock CLI 11.10.0, data:pg:fork), and the API of the others may not know it. */
export const isAdvanced = (plan: string): boolean => /:(advanced|performance)/.test(plan)
