import {Refused, type Reason} from '../../app/refused.js'
import {describeError, PlatformError, Unreadable} from '../../heroku/errors.js'
import {ArchiveUnreadable} from '../read/unpack.js'

/** Why there is no answer; `usage`: it is a flag's fault. Undefined for what nobody foresaw. */
export function failureOf(error: unknown): {usage: string} | {reasons: Reason[]} | undefined {
  if (error instanceof ArchiveUnreadable) return {usage: `--from ${error.message}`}
  if (error instanceof Refused) return {reasons: error.reasons}
  if (error instanceof PlatformError || error instanceof Unreadable) return {reasons: [{message: describeError(error)}]}
  return undefined
}
