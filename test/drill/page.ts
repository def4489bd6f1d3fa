import {COMMANDS, type CommandId, MOMENTS, nameOf, type Place, type Point, WAYS} from './point.js'

/** What came of a point, for the page. `came`: the run had not ended before. */
export type Outcome = {point: Point; came: boolean; struck?: string | undefined; wrong: string[]}

const INTRODUCTION = `# Runs that were killed

\`npm run drill -- --points all\` wrote this page. A real \`heroku\` process on a local Heroku of its own gets SIGKILL at every line of its
journal and around every request it sends; then the app is put right by \`heroku pipeline:recover\` with the journal, or from an empty
home directory without it, by a "person" who has nothing but the output of the dead run and of \`pipeline:recover\`, and who types only
what was printed there. Around a request that changes nothing of the app the two ways take turns; at all others both are tried.

The app has web=1, worker=2 (at 0 in the window), clock=1 (\`--keep-up clock\`), preboot on, a database that is backed up, and
\`sh migrate\`; for one point in four the migration lasts 3 s, in one of five it fails. Afterwards, seen from outside: formation, preboot and
maintenance mode are as before (a hold is put right by the command it printed, and changes nothing until then); the code is the old one,
or the new one where the migration succeeded; there was at most one migration, one backup, and one release of the run; exit codes are those
of the table; no token, URL of a session, config var or password is in an output or a journal; a second \`pipeline:recover\` changes
nothing and ends with 0; the next run is not refused.
`

/** The page, of these outcomes. `possible`: how many points there are. */
export function pageOf(outcomes: Outcome[], {possible, seed}: {possible: number; seed: number}): string {
  const wrong = outcomes.filter((one) => one.wrong.length > 0)
  const late = outcomes.filter(({came}) => !came).length
  const facts = [
    `- Seed ${seed}: ${outcomes.length} of ${possible} points were tried`,
    ...(late > 0
      ? [`- ${late} of them did not come: that run had fewer requests, or its migration failed before`]
      : []),
    `- Violations: ${wrong.length === 0 ? 'none' : wrong.length}`,
    ...wrong.map(({point, wrong: all}) => `  - ${nameOf(point)}: ${all.join('; ').split('\n')[0]}`),
  ]
  const came = outcomes.filter((one) => one.came)
  const sections = COMMANDS.map((command) =>
    sectionOf(
      command,
      came.filter(({point}) => point.command === command),
    ),
  )
  return [INTRODUCTION, `${facts.join('\n')}\n`, ...sections].join('\n')
}

function sectionOf(command: CommandId, outcomes: Outcome[]): string {
  const count = (fits: (one: Outcome) => boolean): string => `${outcomes.filter(fits).length}`
  const places = Object.entries(MOMENTS) as Array<[Place, readonly string[]]>
  const moments = places.flatMap(([place, all]) =>
    all.map((moment) => {
      const ways = WAYS.map((way) => count(({point}) => point.moment === moment && point.way === way))
      return [place === 'journal' ? 'a line of the journal' : 'a request', moment, ...ways]
    }),
  )
  const requests = [...new Set(outcomes.flatMap(({struck}) => struck ?? []))].sort().map((struck) => {
    const each = MOMENTS.request.map((moment) => count((one) => one.struck === struck && one.point.moment === moment))
    return [`\`${struck}\``, ...each]
  })
  return [
    `## heroku ${command}\n`,
    table(['killed at', 'moment', ...WAYS], moments),
    table(['request', ...MOMENTS.request], requests),
  ].join('\n')
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${lines.join('\n')}\n`
}
