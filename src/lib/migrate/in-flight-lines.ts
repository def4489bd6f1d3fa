import type {LogLine} from '../heroku/types.js'

/** H12: the router answers nothing later than this (platform-facts §8.4). */
export const REQUEST_MS = 30_000
const QUIET_MS = 5000

/** What the router's lines tell of requests that began before the window. Times are of our own clock, in ms. */
export type RequestWatch = {
  note(line: LogLine, now: number): void
  /**
   * Whether requests from before `since` are over: none was answered for twice as long as the longest one took, at least 5 s, and
   * a later line of the router proves that its log lived through it. After 30 s they are over anyway.
   */
  areOver(since: number, now: number): boolean
}

/** A line comes when a request ends, so one in flight shows only by its end. H80 is the maintenance page (platform-facts §4). */
export function watchRequests(): RequestWatch {
  let longest = 0
  let lastAnswered = 0
  let lastLine = 0
  let gap = false

  return {
    note(line, now) {
      gap ||= line.gap !== undefined
      if (line.source !== 'heroku' || line.dyno !== 'router') return
      lastLine = now
      if (/\bcode=H80\b/.test(line.text)) return
      // A line of the back-fill counts as new: nothing tells them apart, and it costs a moment.
      lastAnswered = now
      const [, service] = /\bservice=(\d+)ms\b/.exec(line.text) ?? []
      if (service) longest = Math.max(longest, Number(service))
    },
    areOver(since, now) {
      if (now - since >= REQUEST_MS) return true
      if (gap) return false
      return lastLine - Math.max(since, lastAnswered) >= Math.max(QUIET_MS, 2 * longest)
    },
  }
}
