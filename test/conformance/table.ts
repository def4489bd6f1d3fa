import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {projectRoot} from '../../scripts/lib/cache.mjs'
import type {Row} from './row.js'

const doc = path.join(projectRoot, 'docs', 'local-heroku.md')

/** The table of some rows as docs/local-heroku.md has it: `name` is the one in the markers around it. */
export function formatTable(rows: Row[]): string {
  const lines = rows.map((row) => {
    const says = row.sees.map((line) => code(line)).join('<br>') || 'nothing'
    const judged = ['exit', 'lines', row.after?.[0]].filter(Boolean).join(', ')
    const asked = [code(row.command), row.when].filter(Boolean).join(', ')
    return `| ${asked} | ${row.exit} | ${says} | ${judged} |`
  })
  return ['| command | exit | what a user sees | judged |', '|---|---|---|---|', ...lines].join('\n')
}

export async function tableInDoc(name: string): Promise<string> {
  return (await split(name)).table
}

export async function writeTable(name: string, table: string): Promise<void> {
  const {after, before} = await split(name)
  await writeFile(doc, `${before}\n${table}\n${after}`)
}

async function split(name: string): Promise<{before: string; table: string; after: string}> {
  const text = await readFile(doc, 'utf8')
  const [begin, end] = [`<!-- conformance:${name}:begin -->`, `<!-- conformance:${name}:end -->`]
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)]
  if (from < begin.length || to < from) throw new Error(`docs/local-heroku.md has no ${begin} … ${end}`)
  return {before: text.slice(0, from), table: text.slice(from, to).trim(), after: text.slice(to)}
}

/** A code span, also of a text with backticks; the pipe is the table's. */
function code(text: string): string {
  const escaped = text.replaceAll('|', '\\|')
  return text.includes('`') ? `\`\` ${escaped} \`\`` : `\`${escaped}\``
}
