import type {Paint} from '../../ui/paint.js'
import {oneLine} from '../../ui/harmless.js'
import {clipped, displayWidth, padded} from '../../ui/ink/width.js'
import {type Live, SHOWN_MS} from '../command/live.js'
import type {Release} from '../types.js'
import {releaseMarks} from './chart.js'
import {liveNames, type LiveRow, liveRows} from './live-rows.js'
import {lasting, mb, moment, percent} from './numbers.js'
import {sparkline} from './sparkline.js'

const BAR = 14
const LEAST_SPARK = 8
const MOST_SPARK = 60

/** The dashboard as lines of at most so many cells, and fewer lines than the terminal has rows. */
export function liveLines(live: Live, {columns, paint, rows}: {columns: number; rows: number; paint: Paint}): string[] {
  // One column stays free: in the last one, terminals differ in when they wrap.
  const width = Math.max(20, columns - 1)
  const names = liveNames(live).map((dyno) => displayWidth(oneLine(dyno)))
  const name = Math.min(24, Math.max(4, ...names))
  // Name, numbers, bar, share and signs of trouble; what is left is for the last hour.
  const numbers = 2 + name + 2 + 9 + 2 + BAR + 1 + 6 + 2 + 9
  const spark = Math.min(MOST_SPARK, width - numbers - 2)
  const shown = spark >= LEAST_SPARK ? spark : 0
  const all = liveRows(live, shown || LEAST_SPARK)
  const ofType = shown > 0 && all.some((row) => row.series.slice(0, row.ofType).some((value) => value !== null))
  const foot = footer(live, ofType, paint)
  const head = [headline(live, width, paint), '']
  const marks = shown > 0 ? releaseMarks(releasesOf(live), spanOf(live), shown, paint) : ''
  const columnsOf = `  ${padded('', name)}  ${'now'.padStart(9)}  ${padded('of its quota', BAR + 7)}  ${padded('', 9)}`
  const heading = paint.dim(shown > 0 ? `${columnsOf}  the last hour` : columnsOf.trimEnd())
  const fixed = head.length + 1 + (marks ? 1 : 0) + foot.length
  const room = Math.max(1, rows - 1 - fixed)
  const visible = all.length > room ? mostUrgent(all, room - 1) : all
  const more = all.length - visible.length
  return [
    ...head,
    heading,
    ...visible.map((row) => rowLine(row, {name, shown, paint})),
    ...(more > 0 ? [paint.dim(`  … ${more} more with more room to their quotas`)] : []),
    ...(marks ? [`${' '.repeat(numbers + 2)}${marks}`] : []),
    ...foot,
  ].map((line) => clipped(line.trimEnd(), width))
}

const spanOf = ({now}: Live): {from: number; to: number} => ({from: now - SHOWN_MS, to: now})

/** Those nearest to their quotas, in the order they had. */
function mostUrgent(rows: LiveRow[], most: number): LiveRow[] {
  const share = ({quota, total}: LiveRow): number => (total !== undefined && quota ? total / quota : 0)
  const chosen = new Set([...rows].sort((a, b) => share(b) - share(a)).slice(0, Math.max(0, most)))
  return rows.filter((row) => chosen.has(row))
}

/** Those of the app's list, and those that the log has told of since. */
function releasesOf({facts, recording}: Live): Release[] {
  const told = recording.events.flatMap((event) => (event.kind === 'release' ? [event] : []))
  return [...new Map([...told, ...facts.releases].map(({at, version}) => [version, {at, version}])).values()]
}

function headline(live: Live, width: number, paint: Paint): string {
  const {facts, now} = live
  const {app, current: first} = facts
  // One that was made meanwhile runs by now, or soon.
  const current = releasesOf(live).findLast(({version}) => version > (first?.version ?? 0)) ?? first
  const release = current ? `  v${current.version} since ${moment(current.at, now)}` : ''
  const left = `${paint.app(app.name)}${release}`
  const time = `${new Date(now).toISOString().slice(11, 19)}Z`
  return `${left}${' '.repeat(Math.max(2, width - displayWidth(left) - time.length))}${paint.dim(time)}`
}

function rowLine(row: LiveRow, {name, paint, shown}: {name: number; shown: number; paint: Paint}): string {
  const {dyno, quota, total} = row
  const share = total !== undefined && quota ? total / quota : undefined
  const tone = share === undefined ? paint.dim : share > 1 ? paint.bad : share > 0.8 ? paint.warn : paint.good
  const bar = share === undefined ? paint.dim('─'.repeat(BAR)) : barOf(share, tone, paint)
  const value = total === undefined ? paint.dim((row.state ?? '–').slice(0, 9).padStart(9)) : mb(total).padStart(9)
  const cells = [
    `  ${padded(clipped(oneLine(dyno), name), name)}`,
    value,
    `${bar} ${tone(percent(share).padStart(6))}`,
    padded(troubleOf(row, paint), 9),
    ...(shown > 0 ? [lastHour(row, paint)] : []),
  ]
  return cells.join('  ')
}

function barOf(share: number, tone: (text: string) => string, paint: Paint): string {
  const full = Math.round(Math.min(1, share) * BAR)
  return `${tone('━'.repeat(full))}${paint.dim('─'.repeat(BAR - full))}`
}

function troubleOf({r14s, r15s, state}: LiveRow, paint: Paint): string {
  if (state === 'crashed') return paint.bad('crashed')
  if (r15s > 0) return paint.bad(`R15 ×${r15s}`)
  return r14s > 0 ? paint.bad(`R14 ×${r14s}`) : ''
}

/** The height is of the quota, or of the highest when that is more; red where there was an R14, dim what is of the type. */
function lastHour({ofType, peak = 0, quota = 0, r14, series}: LiveRow, paint: Paint): string {
  const cells = [...sparkline(series, Math.max(peak, quota))]
  return cells
    .map((cell, index) => {
      if (r14.has(index)) return paint.bad(cell === ' ' ? '!' : cell)
      return index < ofType ? paint.dim(cell) : paint.busy(cell)
    })
    .join('')
}

function footer(live: Live, ofType: boolean, paint: Paint): string[] {
  const {facts, gapAt, now, recording, refusals} = live
  const off = facts.logged === false
  const samples = recording.samples.length > 0
  const enable = `heroku pipeline:memory --app ${facts.app.name} --enable`
  const history = refusals.length > 0 ? '; the metrics API (undocumented) gave no history' : ''
  return [
    '',
    ...(off
      ? [
          paint.warn('  log-runtime-metrics is off: dynos log no samples. Turn it on, then restart them:'),
          `    ${enable}`,
        ]
      : []),
    ...(gapAt === undefined ? [] : [paint.warn(`  Lines of the log may be missing, ${lasting(now - gapAt)} ago.`)]),
    ...(ofType ? [paint.dim('  Dim: the highest of the type, from the metrics API (undocumented).')] : []),
    paint.dim(`  From the log${samples ? '' : ', no samples yet: they come every 20 s'}${history}. Ctrl-C ends it.`),
  ]
}
