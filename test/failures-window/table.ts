import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {lastWords} from '../failures/table.js'
import {FAULTS, type Variation} from './cell.js'
import {table} from './cells.js'
import {STEPS, type StepId} from './steps.js'
import type {Tried} from './try-cell.js'
import {variations} from './variations.js'

const file = path.join(projectRoot, 'docs', 'failure-table.md')

/** What a run of each variation said last, by its name. */
export type Words = Map<string, string[]>

/** A cell's name is its place in the table and what goes wrong. */
export const nameOf = (one: Variation & {step?: StepId; fault?: string}): string =>
  [one.step, one.fault, one.what].filter(Boolean).join(', ')

/** The last words of a run, without what differs from run to run. */
export function wordsOf(tried: Tried): string[] {
  return lastWords(tried).map((line) =>
    line
      .replaceAll(/\b[\da-f]{8}(-[\da-f]{4}){3}-0123456789ab\b/g, 'ID')
      .replaceAll(/\brun\.\d+/g, 'run.N')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'example-app.example.com')
      .replaceAll(/\b[\da-f]{16}\b/g, '0123456789abcdef')
      .replaceAll(/\bfor \d+ s\b/g, 'for N s')
      .replaceAll(/\bworker\.\d crashed/g, 'worker.1 crashed'),
  )
}

export async function writePage(page: string): Promise<void> {
  await writeFile(file, page)
}

/** The page as it is now, and as it must be where this run has seen the words; the others are taken from the page. */
export async function comparePage(words: Words): Promise<{is: string; mustBe: string}> {
  const is = await readFile(file, 'utf8').catch(() => '')
  const known = wordsIn(is)
  return {is, mustBe: pageOf(new Map([...known, ...words]))}
}

function pageOf(words: Words): string {
  return [
    HEAD,
    matrix(),
    ...STEPS.map((step) => section(step, words)),
    '## Other policies, other moments, two failures at a time\n',
    rowsOf(
      variations.map((one) => ({one, first: one.what})),
      words,
    ),
  ].join('\n')
}

const HEAD = `# When a step of a maintenance window goes wrong

Each cell is a run of the real \`heroku pipeline:maintenance-migrate\` (at the step \`release\`, and where a ship is named, of
\`heroku pipeline:ship --migrate\`) against the local Heroku; the fault strikes the request of that step. The app has web=0, worker=2, which go to 0 for the window, and clock=1,
which stays up (\`--keep-up clock\`); preboot is on. \`sh migrate\` migrates, \`sh flush\` and \`sh smoke\` are given as
\`--flush-command\` and \`--smoke\`. "Afterwards" is the difference between the exported worlds before and after; nothing else differs.
\`test/failures-window/\` makes this page (\`UPDATE_FAILURE_TABLE=1\`), and fails when it is not what a run shows.
`

/** One word a cell. */
function matrix(): string {
  const head = [`| step | ${FAULTS.join(' | ')} |`, `|---|${FAULTS.map(() => '---|').join('')}`]
  const lines = STEPS.map((step) => {
    const words = FAULTS.map((fault) => {
      const cell = table.find((one) => one.step === step && one.fault === fault)
      return cell && 'end' in cell ? `${cell.end.name} (${cell.end.exit})` : '—'
    })
    return `| [${step}](#${step}) | ${words.join(' | ')} |`
  })
  return [
    ...head,
    ...lines,
    '',
    'done (0): migrated, everything else as it was · undone (1): as it was · held (4): a person decides, what is left is said',
    '',
  ].join('\n')
}

function section(step: StepId, words: Words): string {
  const cells = table.filter((cell) => cell.step === step)
  const there = cells.flatMap((one) => ('end' in one ? [{one, first: `${one.fault}: ${one.what}`}] : []))
  const absent = cells.flatMap((one) => ('none' in one ? [`- ${one.fault}: — (${one.none})`] : []))
  return [`## ${step}\n`, rowsOf(there, words), ...(absent.length > 0 ? [...absent, ''] : [])].join('\n')
}

function rowsOf(all: Array<{one: Variation & {step?: StepId; fault?: string}; first: string}>, words: Words): string {
  const lines = all.map(({first, one}) => {
    const after = one.end.leaves.length === 0 ? 'as it was' : one.end.leaves.join('<br>')
    const said = (words.get(nameOf(one)) ?? []).map((line) => escape(line)).join('<br>')
    return `| ${first} | ${one.end.exit} | ${after} | ${said} |`
  })
  return ['| what goes wrong | exit | afterwards | last lines |', '|---|---|---|---|', ...lines, ''].join('\n')
}

/** Reads back what the page says, for a run of some cells only. */
function wordsIn(page: string): Words {
  const words: Words = new Map()
  let step: StepId | undefined
  for (const line of page.split('\n')) {
    const heading = /^## (.+)$/.exec(line)?.[1]
    if (heading) step = STEPS.find((one) => one === heading)
    const columns = line.startsWith('| ') ? line.slice(2, -2).split(' | ') : []
    const [first = ''] = columns
    const said = columns[3]
    if (columns.length !== 4 || said === undefined) continue
    const name = step ? `${step}, ${first.replace(': ', ', ')}` : first
    words.set(name, said === '' ? [] : said.split('<br>').map((one) => unescape(one)))
  }

  return words
}

const escape = (line: string): string => line.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const unescape = (line: string): string => line.replaceAll('\\|', '|').replaceAll('&lt;', '<')
