import type {MemoryReport} from '../command/report.js'
import {harmlessLines} from '../../ui/harmless.js'
import {clipped, displayWidth} from '../../ui/ink/width.js'
import type {Paint} from '../../ui/paint.js'
import type {Comparison, Recording, TypeComparison} from '../types.js'
import {formatChart, releasesFor, troubleOf} from './chart.js'
import {changeWords, pairWords, troubleWords, verdictWords} from './comparison.js'
import {lasting, moment} from './numbers.js'
import {adviceWords, cellsOf, HEADINGS, leakWords, rowsOf} from './rows.js'
import {fitting, formatTable, withoutEmpty} from './table.js'

/** What a narrow terminal can do without, the first first. */
const EXPENDABLE = ['samples', 'swap', 'p95', 'R15', 'killed', 'growth']

/** How it is shown. On a terminal, which has `rows`, there are charts and long lines are wrapped. */
export type Look = {
  paint: Paint
  width: number
  now: number
  /** Rows of the terminal that the report is to fit on, if it can. */
  rows?: number
  releases: Array<{at: number; version: number}>
}

/** The report for people: what was compared, the numbers, a chart, advice, and which sources answered. */
export function formatText(report: MemoryReport, recording: Recording, look: Look): string {
  const {comparison} = report
  const above = [
    wrapped(heading(report, look), '  ', look, ''),
    comparison ? comparisonLines(comparison, look) : tableLines(report, look),
  ]
  const below = [findings(report, look), sourceLines(report, look)]
  const taken = [...above, ...below].reduce((sum, lines) => sum + lines.length + (lines.length > 0 ? 1 : 0), 0)
  const charts = look.rows === undefined ? [] : chartsOf(report, recording, {...look, room: look.rows - taken - 3})
  const blocks = [...above, ...charts, ...below].filter((lines) => lines.length > 0)
  return blocks.map((lines) => lines.join('\n')).join('\n\n')
}

function heading({app, comparison, diagnosis, release}: MemoryReport, {now, paint}: Look): string {
  const whose = app === undefined ? '' : ` of ${paint.app(app)}`
  if (comparison) return `Memory${whose}, ${pairWords(comparison)}`
  const span = spanOf(diagnosis)
  const when = span ? `, ${moment(span.from, now)} to ${moment(span.to, now)} (${lasting(span.to - span.from)})` : ''
  return `Memory${whose}${release ? `, v${release.version}` : ''}${when}`
}

function comparisonLines({types}: Comparison, look: Look): string[] {
  return types.flatMap((type) => {
    const trouble = troubleWords(type)
    return [
      toned(type, look.paint)(`  ${safe(changeWords(type))}`),
      ...wrapped(safe(verdictWords(type)), '    ', look),
      ...(trouble ? wrapped(safe(trouble), '    ', look) : []),
    ]
  })
}

function toned({verdict}: TypeComparison, paint: Paint): (text: string) => string {
  if (verdict === 'less') return (text) => paint.good(paint.strong(text))
  return verdict === 'more' ? (text) => paint.bad(paint.strong(text)) : paint.strong
}

/** What is still too wide without anything that it can do without is cut. */
function linesOf(rows: string[][], onTerminal: boolean, width: number): string[] {
  if (!onTerminal) return formatTable(rows)
  return formatTable(fitting(rows, width, EXPENDABLE)).map((line) => clipped(line, width))
}

function tableLines({diagnosis}: MemoryReport, {paint, rows: onTerminal, width}: Look): string[] {
  const rows = rowsOf(diagnosis)
  if (rows.length === 0) return ['  No samples; what else the log says of memory is below.']
  const cells = rows.map(({dyno, name, summary}) => cellsOf(safe(dyno ? `  ${name}` : name), summary))
  const all = withoutEmpty([HEADINGS, ...cells])
  const [first = '', ...lines] = linesOf(all, onTerminal !== undefined, width - 2)
  return [
    paint.dim(`  ${first}`),
    ...lines.map((line, index) => {
      const {dyno, summary} = rows[index]!
      const text = `  ${line}`
      if (summary && (summary.r15.count > 0 || (summary.headroom ?? 0) < 0)) return paint.bad(text)
      return dyno ? paint.dim(text) : text
    }),
  ]
}

/** Rows of a chart beside its bars: name, marks, times, and the empty one before it. */
const AROUND = 4
const HIGHEST = 6
const LOWEST = 3

/** As high as there is room for; of more types than fit, those that changed most. One is always there. */
function chartsOf(
  {comparison, diagnosis}: MemoryReport,
  recording: Recording,
  {now, paint, releases, room, width}: Look & {room: number},
): string[][] {
  const {span} = recording
  if (!span || span.to === span.from) return []
  const changed = new Map(comparison?.types.map(({relative = 0, type}) => [type, Math.abs(relative)]))
  const most = Math.max(1, Math.floor(room / (LOWEST + AROUND)))
  const types = [...diagnosis.types]
    .sort((a, b) => (changed.get(b.type) ?? 0) - (changed.get(a.type) ?? 0))
    .slice(0, most)
  const height = Math.max(LOWEST, Math.min(HIGHEST, Math.floor(room / Math.max(1, types.length)) - AROUND))
  return types.flatMap(({quota, type}) => {
    const of = {type, span, releases: releasesFor(diagnosis, releases), r14: troubleOf(recording, type), now}
    const lines = formatChart(recording, quota === undefined ? of : {...of, quota}, {width: width - 2, height, paint})
    if (lines.length === 0) return []
    return [[`  ${paint.strong(safe(type))}`, ...lines.map((line) => clipped(`  ${line}`, width))]]
  })
}

/** On a terminal, a text in lines that are no wider; what follows the first is indented. */
function wrapped(text: string, indent: string, {rows, width}: Look, first = indent): string[] {
  if (rows === undefined) return [first + text]
  const lines = [first]
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    const empty = line === first || line === indent
    if (empty || displayWidth(line) + 1 + displayWidth(word) <= width) {
      lines[lines.length - 1] = empty ? line + word : `${line} ${word}`
    } else lines.push(indent + word)
  }

  return lines
}

function findings({advice = [], budget, diagnosis, notes}: MemoryReport, look: Look): string[] {
  const {now, paint} = look
  const over = budget?.violations.map(({unknown, why}) => paint.bad(`✗ ${overWords(unknown)}: ${safe(why)}.`)) ?? []
  const within = budget && over.length === 0 ? [paint.good('✓ Within the budget.')] : []
  const leaks = diagnosis.types.flatMap((type) => leakWords(type.type, type) ?? [])
  const first = diagnosis.types.flatMap(({r14, type}) => (r14.first === undefined ? [] : [{at: r14.first, type}]))
  const sentences = [
    ...leaks,
    ...first.map(({at, type}) => `${type}: the first R14 was at ${moment(at, now)}`),
    ...advice.flatMap((one) => [adviceWords(one), ...one.notes]),
    ...notes.map((note) => capital(note)),
  ]
  const said = [...new Set(sentences.map((text) => sentence(safe(text))))]
  return [...over, ...within, ...said.flatMap((text) => wrapped(text, '  ', look, '· '))]
}

/** Whether it answered or not: a number is worth as much as where it comes from. */
function sourceLines({sources}: MemoryReport, look: Look): string[] {
  const {paint} = look
  return sources.flatMap(({answered, says}) => {
    const text = sentence(safe(says))
    const lines = wrapped(`${answered ? 'From' : 'Not from'} ${text}`, '  ', look, '')
    return lines.map((line) => (answered ? paint.dim(line) : paint.warn(line)))
  })
}

/** From the first to the last sample that the numbers are about. */
function spanOf({types}: MemoryReport['diagnosis']): {from: number; to: number} | undefined {
  const moments = types.flatMap(({from, to}) => [from, to]).filter((at) => at !== undefined)
  return moments.length > 0 ? {from: Math.min(...moments), to: Math.max(...moments)} : undefined
}

/** What can't be judged is not within the budget either. */
const overWords = (unknown: boolean): string => (unknown ? "The budget can't be judged" : 'Over the budget')

const sentence = (text: string): string => `${text}${/[.!?]$/.test(text) ? '' : '.'}`

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** Names of types and files come from foreign text. */
const safe = (text: string): string => harmlessLines(text).join(' ')
