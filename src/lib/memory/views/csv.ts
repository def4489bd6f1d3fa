import type {MemoryReport} from '../command/report.js'
import type {Summary} from '../types.js'

const COLUMNS = [
  'type',
  'dyno',
  'instance',
  'samples',
  'from',
  'to',
  'baseline_mb',
  'p95_mb',
  'peak_mb',
  'swap_mb',
  'growth_mb_per_hour',
  'leak_suspected',
  'quota_mb',
  'headroom_mb',
  'r14',
  'r15',
  'oom_kills',
] as const

/** One row a type and one a dyno instance; of a comparison one a type. Numbers with a point, moments as ISO 8601, RFC 4180. */
export function formatCsv({comparison, diagnosis}: MemoryReport): string {
  if (comparison) {
    const side = ['samples', 'median', 'p95', 'peak', 'r14', 'r15'] as const
    const head = [
      'type',
      ...['before', 'after'].flatMap((when) => side.map((name) => `${when}_${name}`)),
      'relative',
      'p',
      'verdict',
    ]
    const rows = comparison.types.map(({after, before, p, relative, type, verdict}) => [
      type,
      ...[before, after].flatMap((one) => side.map((name) => one?.[name])),
      relative,
      p,
      verdict,
    ])
    return lines([head, ...rows])
  }

  const {instances, types} = diagnosis
  return lines([
    [...COLUMNS],
    ...types.flatMap((type) => [
      rowOf([type.type, '', ''], type),
      ...instances
        .filter((one) => one.type === type.type && one.dyno !== undefined)
        .map((one) => rowOf([type.type, one.dyno ?? '', one.uuid ?? ''], one)),
    ]),
  ])
}

type Cell = number | string | undefined

function rowOf(names: string[], summary: Summary): Cell[] {
  const {baseline, from, growth, headroom, oomKills, p95, peak, quota, r14, r15, samples, swap, to} = summary
  const time = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString())
  return [
    ...names,
    samples,
    time(from),
    time(to),
    baseline,
    p95,
    peak,
    swap,
    growth?.perHour,
    growth ? String(growth.suspected) : undefined,
    quota,
    headroom,
    r14.count,
    r15.count,
    oomKills.count,
  ]
}

const lines = (rows: Cell[][]): string => rows.map((row) => row.map((cell) => field(cell)).join(',')).join('\n')

function field(cell: Cell): string {
  if (typeof cell === 'number') return String(Math.round(cell * 10_000) / 10_000)
  const text = cell ?? ''
  // A spreadsheet would compute what begins like a formula.
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
