import {execFile} from 'node:child_process'
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {type HerokuHome, linkedHome} from '../real/heroku-cli.js'
import {openShell, type Shell} from '../terminal/shell.js'
import {APP, openGround} from './ground.js'

const SIZE = {columns: 100, rows: 40}
const JOURNAL = 'artifacts/ship.ndjson'

type Screen = {title: string; says: string; text: string}

/** A CI job ships with a migration and is killed in the middle of it; a person puts it right on another machine. */
async function walk(plugin: string | undefined): Promise<Screen[]> {
  await using ground = await openGround('pipeline:ship --migrate', {lastsS: 15, plugin})
  const desk = await mkdtemp(path.join(tmpdir(), 'walk-'))
  const other = await linkedHome(plugin)
  const screens: Screen[] = []
  const open = (home: HerokuHome, cwd: string, env = {}) =>
    openShell(SIZE, {cwd, home, env: {...ground.heroku.env, ...env}})
  const take = async (title: string, says: string, shell: Shell): Promise<void> => {
    screens.push({title, says, text: evened((await shell.story()).replace(/\n\$$/, ''))})
    await shell.types('clear; tmux clear-history')
    await shell.shows(/^\$$/)
  }

  try {
    await mkdir(path.join(ground.folder, 'artifacts'))
    await using job = await open(ground.home, ground.folder, {CI: 'true'})
    const flags = ground.argv.slice(1).map((flag) => flag.replace(`${ground.folder}/`, ''))
    const quoted = flags.map((flag) => (flag.includes(' ') ? `'${flag}'` : flag))
    await job.types(`heroku pipeline:ship ${quoted.join(' ')} --journal ${JOURNAL}`)
    await job.shows('migrating')
    const journal = await readFile(path.join(ground.folder, JOURNAL), 'utf8')
    process.kill((JSON.parse(journal.split('\n')[0]!) as {pid: number}).pid, 'SIGKILL')
    await job.shows('Killed')
    await take(
      'The CI job is killed',
      'The runner vanishes while the migration runs: SIGKILL. Its artifact is the journal.',
      job,
    )

    await copyFile(path.join(ground.folder, JOURNAL), path.join(desk, 'ship.ndjson'))
    await using person = await open(other, desk)
    await person.types(`heroku pipeline:recover --app ${APP} --journal ship.ndjson`)
    await person.shows(/To proceed, type/)
    await person.types(APP)
    await person.shows(/\n\$$/)
    await take(
      'Another machine: what is so, and a question',
      'Another home directory, with the artifact. It follows the migration to its end first.',
      person,
    )

    await person.types(`heroku pipeline:recover --app ${APP} --resume --journal ship.ndjson`)
    await person.shows(/To proceed, type/)
    await person.types(APP)
    await person.shows(/\n\$$/)
    await take('The migration has succeeded: on from there', 'The run is carried to its end.', person)

    await person.types(
      `heroku pipeline:recover --app ${APP} --journal ship.ndjson; heroku ps --app ${APP}; heroku maintenance --app ${APP}`,
    )
    await person.shows(/^(on|off)\n\$$/m)
    await take('Nothing is left', 'Asked once more it does nothing.', person)
    return screens
  } finally {
    await other.remove()
    await rm(desk, {recursive: true, force: true})
  }
}

/** What is another at every run is the same in the page. */
function evened(text: string): string {
  return text
    .replaceAll(/localhost:\d+/g, 'localhost:5055')
    .replaceAll(/run\.\d+/g, 'run.1234')
    .replaceAll(/\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d(:\d\d)?( UTC| \+0000)?/g, '2026-11-21 10:00 UTC')
    .replaceAll(/\(~ .*? ago\)/g, '(~ 1s ago)')
    .replaceAll(/\((\d+m )?[\d.]+m?s\)/g, '(1.0s)')
    .replaceAll(/for \d+ s\b/g, 'for 5 s')
    .replaceAll(/run [\da-f]{8}/g, 'run 0a1b2c3d')
    .replaceAll(/ +$/gm, '')
}

/** Writes docs/recover-walk.md. Needs tmux. */
export async function recordWalk(plugin?: string): Promise<void> {
  const screens = await walk(plugin)
  const {stdout: tmux} = await promisify(execFile)('tmux', ['-V'])
  const sections = screens.map(({says, text, title}) => `## ${title}\n\n${says}\n\n\`\`\`text\n${text}\n\`\`\`\n`)
  for (const {text, title} of screens) console.log(`=== ${title}\n${text}\n`)
  const how =
    `\`npm run drill -- --walk\` wrote these from what a terminal (${tmux.trim()}, ${SIZE.columns} columns) showed of the stock Heroku CLI and a\n` +
    `local Heroku. Times, ports and the numbers of dynos are made even. Colours are not shown.\n`
  await writeFile(
    path.join(projectRoot, 'docs/recover-walk.md'),
    `# A CI job that was killed in the middle of a migration\n\n${how}\n${sections.join('\n')}`,
  )
}
