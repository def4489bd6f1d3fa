import type {Witnesses} from './witnesses.js'

/** How a command ended, as far as it can be known. `why` is a clause: "it exited with status 1". */
export type Judgement =
  | {outcome: 'succeeded'; status: 0}
  | {outcome: 'failed'; status: number; why: string}
  | {outcome: 'unknown'; why: string}

/**
 * Judges a dyno that is over. Heroku's line is authoritative; one witness is enough unless lines were lost, which may have been
 * the other's; witnesses that disagree, or one that tells of a failure, are a failure; none leaves it unknown.
 */
export function judge(seen: Witnesses): Judgement {
  const {lost, ours, platform} = seen
  const status = platform ?? ours
  if (status === undefined) return {outcome: 'unknown', why: lost ? 'lines of its log are lost' : 'nobody saw its end'}
  if (ours !== undefined && platform !== undefined && ours !== platform) {
    const why = `the command ended with status ${ours}, but ${clauseOf(platform, seen)}`
    return {outcome: 'failed', status: platform || ours, why}
  }

  if (status !== 0) return {outcome: 'failed', status, why: clauseOf(status, seen)}
  if (ours !== undefined && platform !== undefined) return {outcome: 'succeeded', status}
  if (lost) return {outcome: 'unknown', why: 'lines of its log are lost, and with them one of two signs of its end'}
  // An ENTRYPOINT that makes something else of the command may well exit with 0.
  if (ours === undefined && !seen.begun) {
    return {outcome: 'unknown', why: 'it exited with status 0, but nothing shows that the command was run'}
  }

  return {outcome: 'succeeded', status}
}

function clauseOf(status: number, {begun, errors}: Witnesses): string {
  if (errors.includes('R13')) return 'nobody could attach to it (R13)'
  if (errors.includes('R15')) return 'it was killed for its use of memory (R15): it needs a larger size'
  if (status === 137 && errors.includes('R14')) {
    return 'it was killed (status 137) after it had used more memory than it has (R14): it needs a larger size'
  }

  if (status === 137) return 'it was killed (status 137), as one that uses far too much memory is'
  if (status === 143) return 'it was stopped (status 143)'
  if ((status === 126 || status === 127) && !begun) {
    return `it could not be started (status ${status}): its image needs a /bin/sh and, if any, an ENTRYPOINT that runs commands`
  }

  if (status === 127) return 'it exited with status 127: there is no such command in its image'
  return `it exited with status ${status}`
}
