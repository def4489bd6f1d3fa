import type {Measured} from './row.js'
import type {Left} from './window-left.js'
import {median} from './statistics.js'
import type {Verdict} from './targets.js'

export type Results = {
  date: string
  /** What a reader must know of the machine and of what took part. */
  circumstances: Record<string, string>
  verdicts: Verdict[]
  rows: Measured[]
  /** What is left where something failed. */
  left?: Left[]
}

/** RESULTS.md; `notes` are kept by hand and come last. */
export function formatResults({circumstances, date, left = [], rows, verdicts}: Results, notes: string): string {
  return [
    '# Bench',
    '',
    `Written by \`npm run bench\` on ${date}; what is kept by hand is in NOTES.md and stands at the end.`,
    '',
    table(['', ''], Object.entries(circumstances)),
    '',
    '## Targets',
    '',
    table(
      ['promise', 'measured', ''],
      verdicts.map((one) => verdictCells(one)),
    ),
    '',
    ...rows.flatMap((row) => [...formatRow(row), '']),
    ...formatLeft(left),
    notes.trim(),
    '',
  ].join('\n')
}

const verdictCells = ({atMost, measured, promise}: Verdict): string[] => [
  promise,
  measured === undefined ? 'not measured' : round(measured),
  measured === undefined || atMost === undefined ? '' : measured <= atMost ? 'hit' : '**missed**',
]

function formatRow({given, refused, rounds, sides, title}: Measured): string[] {
  const head = [`## ${title}`, '', `Given: ${given}. Rounds: ${rounds}.`, '']
  if (refused) return [...head, `**Refused**: ${refused}`]
  const [ours, ...others] = sides
  const names = [...new Set(sides.flatMap(({figures}) => Object.keys(figures)))]
  const cells = names.map((name) => [
    name,
    told(name, ours?.figures[name]),
    ...others.flatMap(({figures}) => [told(name, figures[name]), ratioOf(ours?.figures[name], figures[name])]),
  ])
  const columns = ['', `\`${ours?.name}\``, ...others.flatMap(({name}) => [`\`${name}\``, 'ratio'])]
  return [...head, table(columns, cells)]
}

function formatLeft(left: Left[]): string[] {
  if (left.length === 0) return []
  const head = ['what fails', 'side', 'exit', 'visitors get', 'workers', 'code', 'schema', 'its last line']
  const cells = left.map(({code, exit, failure, last, schema, side, visitors, workers}) => {
    return [failure, side, String(exit), visitors, String(workers), code, schema, `\`${last.replaceAll('|', '¦')}\``]
  })
  return [
    '## Four ships with a migration in which something fails, and what each leaves behind',
    '',
    'Not timed, one run each, on an app with 2 workers and schema 1; the scripts stop at the first command that fails, as CI does.',
    '',
    table(head, cells),
    '',
  ]
}

/** Median and extremes: times in seconds, the rest as it is. */
function told(name: string, values: number[] | undefined): string {
  if (!values) return '–'
  const isCount = / (?:calls|requests|MB)$/.test(name)
  const show = (one: number) => (isCount ? round(one) : (one / 1000).toFixed(2))
  const unit = isCount ? '' : ' s'
  return `${show(median(values))}${unit} (${show(Math.min(...values))}..${show(Math.max(...values))})`
}

const ratioOf = (ours: number[] | undefined, others: number[] | undefined): string =>
  ours && others ? (median(ours) / median(others)).toFixed(2) : ''

const round = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(2))

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
