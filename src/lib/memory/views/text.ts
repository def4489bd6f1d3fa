import type {MemoryReport} from '../command/report.js'
import {harmlessLines} from '../../ui/harmless.js'
import {clipped} from '../../ui/ink/width.js'
import type {Paint} from '../../ui/paint.js'
import type {Comparison, Recording, TypeComparison} from '../types.js'
import {formatChart, releasesFor, troubleOf} from './chart.js'
import {changeWords, pairWords, troubleWords, verdictWords} from './comparison.js'
import {lasting, moment} from './numbers.js'
import {adviceWords, cellsOf, HEADINGS, leakWords, rowsOf} from './rows.js'
import {formatTable, withoutEmpty} from './table.js'

/** How it is shown: `chart` only on a terminal. */
export type Look = {
  paint: Paint
  width: number
  now: number
  chart: boolean
  releases: Array<{at: number; version: number}>
}

/** The report for people: what was compared, the numbers, a chart, advice, and which sources answered. */
export function formatText(report: MemoryReport, recording: Recording, look: Look): string {
  const {comparison} = report
  const blocks = [
    [heading(report, look)],
    comparison ? comparisonLines(comparison, look.paint) : tableLines(report, look.paint),
    ...(look.chart ? chartsOf(report, recording, look) : []),
    findings(report, look),
    sourceLines(report, look.paint),
  ]
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return text.join('\n\n')
}

function heading({app, comparison, diagnosis, release}: MemoryReport, {now, paint}: Look): string {
  const whose = app === undefined ? '' : ` of ${paint.app(app)}`
  if (comparison) return `Memory${whose}, ${pairWords(comparison)}`
  const span = spanOf(diagnosis)
  const when = span ? `, ${moment(span.from, now)} to ${moment(span.to, now)} (${lasting(span.to - span.from)})` : ''
  return `Memory${whose}${release ? `, v${release.version}` : ''}${when}`
}

function comparisonLines({types}: Comparison, paint: Paint): string[] {
  return types.flatMap((type) => {
    const trouble = troubleWords(type)
    return [
      toned(type, paint)(`  ${safe(changeWords(type))}`),
      `    ${safe(verdictWords(type))}`,
      ...(trouble ? [`    ${safe(trouble)}`] : []),
    ]
  })
}

function toned({verdict}: TypeComparison, paint: Paint): (text: string) => string {
  if (verdict === 'less') return (text) => paint.good(paint.strong(text))
  return verdict === 'more' ? (text) => paint.bad(paint.strong(text)) : paint.strong
}

function tableLines({diagnosis}: MemoryReport, paint: Paint): string[] {
  const rows = rowsOf(diagnosis)
  if (rows.length === 0) return ['  No samples; what else the log says of memory is below.']
  const cells = rows.map(({dyno, name, summary}) => cellsOf(safe(dyno ? `  ${name}` : name), summary))
  const [first = '', ...lines] = formatTable(withoutEmpty([HEADINGS, ...cells]))
  return [
    paint.dim(`  ${first}`),
    ...lines.map((line, index) => {
      const {dyno, summary} = rows[index]!
      const text = `  ${line}`
      if (summary.r15.count > 0 || (summary.headroom ?? 0) < 0) return paint.bad(text)
      return dyno ? paint.dim(text) : text
    }),
  ]
}

function chartsOf({diagnosis}: MemoryReport, recording: Recording, {now, paint, releases, width}: Look): string[][] {
  const {span} = recording
  if (!span || span.to === span.from) return []
  const height = diagnosis.types.length > 2 ? 4 : 6
  return diagnosis.types.flatMap(({quota, type}) => {
    const of = {type, span, releases: releasesFor(diagnosis, releases), r14: troubleOf(recording, type), now}
    const lines = formatChart(recording, quota === undefined ? of : {...of, quota}, {width: width - 2, height, paint})
    return lines.length > 0
      ? [[`  ${paint.strong(safe(type))}`, ...lines.map((line) => clipped(`  ${line}`, width))]]
      : []
  })
}

function findings({advice = [], budget, diagnosis, notes}: MemoryReport, {now, paint}: Look): string[] {
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
  return [...over, ...within, ...new Set(sentences.map((text) => `· ${sentence(safe(text))}`))]
}

/** Whether it answered or not: a number is worth as much as where it comes from. */
function sourceLines({sources}: MemoryReport, paint: Paint): string[] {
  return sources.map(({answered, says}) => {
    const text = sentence(safe(says))
    return answered ? paint.dim(`From ${text}`) : paint.warn(`Not from ${text}`)
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
