import prettyBytes from 'pretty-bytes'

/** A duration in milliseconds for people: `0.4s`, `12.3s`, `2m 5s`, `1h 2m`. Below zero or not a number is `0.0s`. */
export function formatDuration(ms: number): string {
  const tenths = ms > 0 ? Math.round(ms / 100) : 0
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
  const minutes = Math.round(ms / 60_000)
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`
}

/** A number of bytes for people, in powers of 1000 as `docker` prints them: `12.3 MB`. */
export const formatBytes = (bytes: number): string => prettyBytes(Number.isFinite(bytes) ? bytes : 0)

/** How far something is: `3/7`, `12.3 MB of 45 MB`; undefined when nothing is known. */
export function formatProgress(progress: {
  current?: number
  total?: number
  unit?: 'bytes' | 'steps'
}): string | undefined {
  const {current, total, unit} = progress
  if (unit === 'bytes') {
    if (total === undefined) return current === undefined ? undefined : formatBytes(current)
    return `${formatBytes(current ?? 0)} of ${formatBytes(total)}`
  }
  if (total === undefined) return current === undefined ? undefined : String(current)
  return `${current ?? 0}/${total}`
}
