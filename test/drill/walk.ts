import {execFile} from 'node:child_process'
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {type HerokuHome, linkedHome} from '../real/heroku-cli.js'
import {openShell, type Shell} from '../terminal/shell.js'
import {APP, openGround} from './ground.js'

const SIZE = {columns: 100, rows: 48}
const JOURNAL = 'artifacts/ship.ndjson'
const RECOVER = `heroku pipeline:recover --app ${APP}`
const LOOK = `heroku ps:type --app ${APP}; heroku maintenance --app ${APP}`

type Screen = {title: string; says: string; text: string}
type Walk = {
  plugin: string | undefined
  /** Status of the migration. */
  exit: number
  /** What is typed on the other machine, and whether it asks for the name of the app. */
  person: Array<{title: string; says: string; types: string; asks?: true; shows: RegExp}>
}

const CI: Pick<Screen, 'says' | 'title'> = {
  title: 'The CI job is killed',
  says: 'The runner vanishes while the migration runs: SIGKILL. The journal is an artifact of the job.',
}

/** A CI job ships with a migration and is killed in the middle of it; a person puts it right on another machine. */
async function walk({exit, person, plugin}: Walk): Promise<Screen[]> {
  await using ground = await openGround('pipeline:ship --migrate', {lastsS: 20, exit, plugin})
  const desk = await mkdtemp(path.join(tmpdir(), 'walk-'))
  const other = await linkedHome(plugin)
  const screens: Screen[] = []
  const open = (home: HerokuHome, cwd: string, env = {}) =>
    openShell(SIZE, {cwd, home, env: {...ground.heroku.env, ...env}})
  const take = async (about: Pick<Screen, 'says' | 'title'>, shell: Shell): Promise<void> => {
    screens.push({...about, text: evened((await shell.story()).replace(/\n\$$/, ''))})
    await shell.types('clear; tmux clear-history')
    await shell.shows(/^\$$/)
  }

  try {
    await mkdir(path.join(ground.folder, 'artifacts'))
    await using job = await open(ground.home, ground.folder, {CI: 'true'})
    const flags = ground.argv.slice(1).map((flag) => flag.replace(`${ground.folder}/`, ''))
    const quoted = flags.map((flag) => (flag.includes(' ') ? `'${flag}'` : flag))
    await job.types(`heroku pipeline:ship ${quoted.join(' ')} --journal ${JOURNAL}`)
    await job.shows('  migrating')
    const journal = await readFile(path.join(ground.folder, JOURNAL), 'utf8')
    process.kill((JSON.parse(journal.split('\n')[0]!) as {pid: number}).pid, 'SIGKILL')
    await job.shows('Killed')
    await take(CI, job)

    await copyFile(path.join(ground.folder, JOURNAL), path.join(desk, 'ship.ndjson'))
    await using shell = await open(other, desk)
    for (const {asks, says, shows, title, types} of person) {
      await shell.types(types)
      if (asks) {
        await shell.shows('To proceed, type')
        await shell.types(APP)
      }

      await shell.shows(shows)
      await shell.shows(/\n\$$/)
      await take({title, says}, shell)
    }

    return screens
  } finally {
    await other.remove()
    await rm(desk, {recursive: true, force: true})
  }
}

const NAMED = '--journal ship.ndjson'
const LAST = {
  title: 'Nothing is left',
  says: 'Asked once more it does nothing.',
  types: `${RECOVER} ${NAMED}; ${LOOK}`,
  shows: /^(on|off)$/m,
}

/** Both ways a migration may end whose run was killed. */
const WALKS: Array<Omit<Walk, 'plugin'> & {name: string}> = [
  {
    name: 'The migration succeeds',
    exit: 0,
    person: [
      {
        title: 'Another machine, another home directory',
        says: 'What was found, and a question. The migration is followed to its end, then the run is carried to its own.',
        types: `${RECOVER} ${NAMED}`,
        asks: true,
        shows: /put right/,
      },
      LAST,
    ],
  },
  {
    name: 'The migration fails',
    exit: 1,
    person: [
      {
        title: 'Another machine: a person must decide',
        says: 'The schema may be half applied: the site stays in maintenance, nothing is changed, and the ways on are said.',
        types: `${RECOVER} ${NAMED}`,
        asks: true,
        shows: /What is left:/,
      },
      {
        title: 'Back',
        says: 'The old code, its workers and its visitors come back; the database stays.',
        types: `${RECOVER} --rollback ${NAMED}`,
        asks: true,
        shows: /put right/,
      },
      LAST,
    ],
  },
]

/** What is another at every run is the same in the page. */
function evened(text: string): string {
  return text
    .replaceAll(/localhost:\d+/g, 'localhost:5055')
    .replaceAll(/run\.\d+/g, 'run.1234')
    .replaceAll(/\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d(:\d\d)?( UTC| \+0000)?/g, '2026-11-21 10:00 UTC')
    .replaceAll(/\(~ .*? ago\)/g, '(~ 1s ago)')
    .replaceAll(/\((\d+m )?[\d.]+m?s\)/g, '(1.0s)')
    .replaceAll(/\b\d+ s\b/g, '5 s')
    .replaceAll(/run [\da-f]{8}/g, 'run 0a1b2c3d')
    .replaceAll(/[ \t]+$/gm, '')
}

/** Writes docs/recover-walk.md. Needs tmux. */
export async function recordWalk(plugin?: string): Promise<void> {
  const sections: string[] = []
  for (const [index, {name, ...one}] of WALKS.entries()) {
    sections.push(index === 0 ? `## ${name}\n` : `## ${name}\n\nThe job is killed as above.\n`)
    const screens = await walk({...one, plugin})
    for (const {says, text, title} of index === 0 ? screens : screens.slice(1)) {
      console.log(`=== ${name}: ${title}\n${text}\n`)
      sections.push(`### ${title}\n\n${says}\n\n\`\`\`text\n${text}\n\`\`\`\n`)
    }
  }

  const {stdout: tmux} = await promisify(execFile)('tmux', ['-V'])
  const how =
    `\`npm run drill -- --walk\` wrote these from what a terminal (${tmux.trim()}, ${SIZE.columns} columns) showed of the stock Heroku CLI and a\n` +
    `local Heroku. Times, ports and the numbers of dynos are made even. Colours are not shown.\n`
  await writeFile(
    path.join(projectRoot, 'docs/recover-walk.md'),
    `# A CI job that was killed in the middle of a migration\n\n${how}\n${sections.join('\n')}`,
  )
}
