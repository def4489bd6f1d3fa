/** How many rows each part of the screen gets. */
export type Fit = {items: number; log: number; pending: number; footer: boolean}

/** Log lines beyond these would only push the rest about. */
const MOST_LOG = 10

/**
 * Shares out a screen so that it is always shorter than the terminal: the running step comes first, then how long all of
 * it takes, the parts of the step, its last log lines, and what is still to come.
 */
export function fit(rows: number, wanted: {items: number; log: number; pending: number}): Fit {
  // The cursor stands below the frame.
  let room = Math.max(1, rows - 1) - 1
  const footer = room > 0
  if (footer) room -= 1
  const items = Math.min(wanted.items, room)
  room -= items
  const wantedLog = Math.min(wanted.log, MOST_LOG)
  const pending = Math.min(wanted.pending, Math.max(room - wantedLog, Math.floor(room / 3)))
  return {items, footer, pending, log: Math.min(wantedLog, room - pending)}
}
