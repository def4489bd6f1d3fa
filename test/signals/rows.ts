/** One way to interrupt a run. */
export type Row = {
  moment: 'backup' | 'drain' | 'migration' | 'restoring'
  signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM'
  command: 'maintenance-migrate' | 'ship'
  telemetry: 'off' | 'on'
  place: 'pipe' | 'pty'
  whom: 'alone' | 'group'
}

const row = (
  moment: Row['moment'],
  signal: Row['signal'],
  command: Row['command'],
  telemetry: Row['telemetry'],
  place: Row['place'],
  whom: Row['whom'],
): Row => ({moment, signal, command, telemetry, place, whom})

/** Any two values of any two columns meet in some row: few starts of the CLI, every pair. */
export const rows: Row[] = [
  row('drain', 'SIGINT', 'ship', 'on', 'pty', 'group'),
  row('drain', 'SIGTERM', 'maintenance-migrate', 'off', 'pipe', 'alone'),
  row('drain', 'SIGHUP', 'maintenance-migrate', 'on', 'pipe', 'group'),
  row('backup', 'SIGINT', 'maintenance-migrate', 'off', 'pipe', 'group'),
  row('backup', 'SIGTERM', 'ship', 'on', 'pty', 'alone'),
  row('backup', 'SIGHUP', 'ship', 'off', 'pipe', 'alone'),
  row('migration', 'SIGINT', 'maintenance-migrate', 'on', 'pipe', 'alone'),
  row('migration', 'SIGTERM', 'ship', 'off', 'pipe', 'group'),
  row('migration', 'SIGHUP', 'maintenance-migrate', 'off', 'pty', 'group'),
  row('restoring', 'SIGINT', 'maintenance-migrate', 'on', 'pipe', 'group'),
  row('restoring', 'SIGTERM', 'maintenance-migrate', 'off', 'pty', 'alone'),
  row('restoring', 'SIGHUP', 'ship', 'on', 'pipe', 'alone'),
]

/** Pairs of values that meet in no row. */
export function uncovered(all: Row[]): string[] {
  const columns = Object.keys(all[0]!) as Array<keyof Row>
  const values = (column: keyof Row): string[] => [...new Set(all.map((one) => one[column]))]
  return columns.flatMap((a, index) =>
    columns
      .slice(index + 1)
      .flatMap((b) =>
        values(a).flatMap((x) =>
          values(b).flatMap((y) => (all.some((one) => one[a] === x && one[b] === y) ? [] : [`${a} ${x} × ${b} ${y}`])),
        ),
      ),
  )
}
