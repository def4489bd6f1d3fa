import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import type {Row} from './rows.js'
import type {Tried} from './try-row.js'

const readme = path.join(projectRoot, 'README.md')
const BEGIN = '<!-- failures -->\n'
const END = '<!-- /failures -->'
const AS_IT_WAS = 'as it was'

/** A row as the README tells it. */
export type Told = {name: string; exit: number; leaves: string[]; says: string[]}

/** The last words of a run: its closing message and what is left. What differs from run to run is made the same. */
export function lastWords({exit, said}: Pick<Tried, 'exit' | 'said'>): string[] {
  const blocks = said.trim().split(/\n\n+/)
  const left = blocks.findIndex((block) => block.startsWith('What is left:'))
  const closing = left > 0 ? blocks.slice(left - 1) : blocks.slice(-1)
  const lines = closing.join('\n').split('\n')
  // A green end is one line, the answer on stdout.
  return (exit === 0 ? lines.slice(-1) : lines)
    .map((line) => line.replace(/^ ›\s*/, '').trim())
    .filter((line) => line && !line.startsWith('Checking '))
    .map((line) =>
      line
        .replaceAll(/\b[\da-f]{12}\b/g, '0123456789ab')
        .replaceAll(/localhost:\d+/g, 'registry.heroku.com')
        .replaceAll(/\/\S*\/(web\.tar|failures-\w+)/g, '…/$1')
        .replaceAll('crashed twice', 'crashed'),
    )
}

export async function writeTable(rows: Row[], words: Map<string, string[]>): Promise<void> {
  const lines = rows.map(({exit, leaves, name}) => {
    const end = leaves.length === 0 ? AS_IT_WAS : leaves.join('<br>')
    return `| ${name} | ${exit} | ${end} | ${(words.get(name) ?? []).map((line) => escape(line)).join('<br>')} |`
  })
  const table = [
    '| what goes wrong | exit | the app afterwards | last lines |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
  const text = await readFile(readme, 'utf8')
  const [before, rest] = text.split(BEGIN)
  await writeFile(readme, `${before}${BEGIN}${table}${END}${rest!.split(END)[1]}`)
}

export async function tableInReadme(): Promise<Told[]> {
  const text = await readFile(readme, 'utf8')
  const [, table = ''] = text.split(BEGIN)
  const lines = table.split(END)[0]!.trim().split('\n').slice(2)
  return lines.map((line) => {
    const [name = '', exit, end = '', says = ''] = line.slice(2, -2).split(' | ')
    const leaves = end === AS_IT_WAS ? [] : end.split('<br>')
    return {name, exit: Number(exit), leaves, says: says.split('<br>').map((word) => unescape(word))}
  })
}

const escape = (line: string): string => line.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const unescape = (line: string): string => line.replaceAll('\\|', '|').replaceAll('&lt;', '<')
