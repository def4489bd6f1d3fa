import type {MemoryReport} from '../command/report.js'
import {harmlessLines} from '../../ui/harmless.js'
import type {Comparison} from '../types.js'
import {pairWords, troubleWords, verdictWords} from './comparison.js'
import {lasting, mb, percent} from './numbers.js'
import {adviceWords, cellsOf, HEADINGS, leakWords, rowsOf} from './rows.js'
import {withoutEmpty} from './table.js'

/** The report to paste into a pull request. */
export function formatMarkdown(report: MemoryReport): string {
  const {advice = [], app, budget, comparison, diagnosis, notes, release, sources} = report
  const about = [
    ...(app === undefined ? [] : [`of ${escaped(app)}`]),
    ...(comparison ? [escaped(pairWords(comparison))] : release ? [`v${release.version}`] : []),
    ...(diagnosis.span && !comparison ? [`over ${lasting(diagnosis.span.to - diagnosis.span.from)}`] : []),
  ]
  const found = [
    ...(budget?.violations.map(({why}) => `**Over the budget:** ${escaped(why)}`) ?? []),
    ...(budget?.violations.length === 0 ? ['Within the budget'] : []),
    ...diagnosis.types.flatMap((type) => leakWords(type.type, type) ?? []).map((text) => escaped(text)),
    ...advice.flatMap((one) => [adviceWords(one), ...one.notes]).map((text) => escaped(text)),
    ...notes.map((text) => escaped(text)),
  ]
  return [
    `### Memory ${about.join(', ')}`,
    '',
    ...(comparison ? comparisonTable(comparison) : summaryTable(report)),
    '',
    ...new Set(found.map((text) => `- ${text}`)),
    ...(found.length > 0 ? [''] : []),
    ...sources.map(({answered, says}) => `${answered ? 'From' : 'Not from'} ${escaped(says)}.  `),
  ]
    .join('\n')
    .trimEnd()
}

function comparisonTable({after, before, types}: Comparison): string[] {
  const rows = types.map((type) => {
    const trouble = troubleWords(type)
    return [
      type.type,
      mb(type.before?.median),
      mb(type.after?.median),
      percent(type.relative, {signed: true}),
      `${mb(type.before?.peak)} → ${mb(type.after?.peak)}`,
      [verdictWords(type), ...(trouble ? [trouble] : [])].join('; '),
    ]
  })
  return table([['', before.label, after.label, 'change', 'peak', ''], ...rows])
}

function summaryTable({diagnosis}: MemoryReport): string[] {
  const rows = rowsOf(diagnosis).map(({name, summary}) => cellsOf(name, summary))
  return table(withoutEmpty([HEADINGS, ...rows]))
}

function table([head = [], ...rows]: string[][]): string[] {
  const line = (cells: string[]): string => `| ${cells.map((cell) => escaped(cell)).join(' | ')} |`
  return [
    line(head),
    `|${head.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
    ...rows.map((row) => line(row)),
  ]
}

/** What Markdown would take for a sign of its own: names come from foreign text. */
const escaped = (text: string): string =>
  harmlessLines(text)
    .join(' ')
    .replaceAll(/[\\`*_{}[\]<>|#]/g, (sign) => `\\${sign}`)
