import type {Paint} from '../../ui/paint.js'
import type {Diagnosis, Recording, Span} from '../types.js'
import {amount, moment} from './numbers.js'
import {bridged, bucketAt, seriesOf} from './series.js'

const EIGHTHS = ' ▁▂▃▄▅▆▇█'
/** Cells of a chart's own. */
const AXIS = 10

/** What a chart shows of a type. */
export type ChartOf = {
  type: string
  quota?: number
  span: Span
  /** Moments in ms. */
  releases: Array<{at: number; version: number}>
  r14: number[]
  now: number
}

/** A chart of one type in lines of a terminal: a scale, bars, a line at the quota, R14 and releases marked below. */
export function formatChart(
  recording: Recording,
  {now, quota, r14, releases, span, type}: ChartOf,
  {height, paint, width}: {width: number; height: number; paint: Paint},
): string[] {
  const columns = Math.max(10, width - AXIS)
  const series = bridged(seriesOf(recording, {type, span, buckets: columns}))
  const highest = Math.max(0, ...series.map((value) => value ?? 0))
  if (highest === 0) return []
  const top = scaleOf(Math.max(highest, quota && highest > quota / 4 ? quota : 0))
  const quotaRow = quota && quota <= top ? Math.min(height - 1, Math.floor((quota / top) * height * 0.9999)) : undefined
  const over = new Set(r14.flatMap((at) => bucketAt(at, span, columns) ?? []))

  const rows = Array.from({length: height}, (_, index) => {
    const row = height - 1 - index
    const cells = series.map((value, column) =>
      cellOf(value, {row, top, height, quotaRow, over: over.has(column), paint}),
    )
    return `${axisOf(row, {top, height, quota, quotaRow, paint})} ${cells.join('')}`
  })
  return [
    ...rows,
    `${' '.repeat(AXIS - 1)} ${releaseMarks(releases, span, columns, paint)}`,
    `${' '.repeat(AXIS - 1)} ${timesOf(span, columns, now, paint)}`,
  ].map((line) => line.trimEnd())
}

type Cell = {row: number; top: number; height: number; quotaRow: number | undefined; over: boolean; paint: Paint}

function cellOf(value: number | null, {height, over, paint, quotaRow, row, top}: Cell): string {
  const eighths = value === null ? 0 : Math.round((value / top) * height * 8) - row * 8
  const block = EIGHTHS[Math.max(0, Math.min(8, eighths))]!
  if (block === ' ') return row === quotaRow ? paint.dim('┄') : ' '
  return over ? paint.bad(block) : paint.busy(block)
}

type Axis = {top: number; height: number; quota: number | undefined; quotaRow: number | undefined; paint: Paint}

function axisOf(row: number, {height, paint, quota, quotaRow, top}: Axis): string {
  const label =
    row === quotaRow ? `${amount(quota!)} MB` : row === height - 1 ? `${amount(top)} MB` : row === 0 ? '0' : ''
  return paint.dim(`${label.padStart(AXIS - 2)}${label ? '┤' : '│'}`)
}

/** `▲v42` under the moment of each release, as far as they do not touch; of two that do, the newer one counts. */
export function releaseMarks(releases: ChartOf['releases'], span: Span, columns: number, paint: Paint): string {
  const cells = Array.from({length: columns}, () => ' ')
  let free = columns
  for (const {at, version} of [...releases].sort((a, b) => b.at - a.at)) {
    const column = bucketAt(at, span, columns)
    const text = `▲v${version}`
    if (column === undefined) continue
    const start = Math.min(column, columns - text.length)
    if (start + text.length > free) continue
    for (const [index, character] of [...text].entries()) cells[start + index] = character
    free = start - 1
  }

  return paint.warn(cells.join('').trimEnd())
}

function timesOf({from, to}: Span, columns: number, now: number, paint: Paint): string {
  const left = moment(from, now)
  const right = moment(to, now)
  return paint.dim(left + right.padStart(Math.max(right.length + 1, columns - left.length)))
}

/** A round number at or above: 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten, or of two where quotas lie. */
export function scaleOf(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1)))
  const rounds = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((factor) => factor * power)
  const quotas = [512, 1024, 2560, 14_336, 30_720, 63_488, 129_024]
  return Math.min(...[...rounds, ...quotas].filter((value) => value >= highest))
}

/** The moments of R14 and R15 of a type. */
export function troubleOf({events}: Recording, type: string): number[] {
  return events.flatMap((event) =>
    (event.kind === 'R14' || event.kind === 'R15') && event.dyno.split('.')[0] === type ? [event.at] : [],
  )
}

/** Releases for the marks of a chart: of the lines and of the app's list, each once. */
export function releasesFor(
  diagnosis: Diagnosis,
  list: Array<{at: number; version: number}> = [],
): ChartOf['releases'] {
  const byVersion = new Map([...diagnosis.releases, ...list].map((release) => [release.version, release]))
  return [...byVersion.values()].sort((a, b) => a.at - b.at)
}
