import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, test} from 'vitest'

import {createDatabase} from '../platform/data/database.js'
import {postgresBin, psql, runTool} from '../platform/data/tools.js'
import {nodeBinary, runHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {type Postgres, startPostgres} from '../real/postgres.js'
import {downtime, probe, statuses} from './prober.js'
import {REWRITE, sqlCommand} from './programs.js'
import {APP, type Ended, openWorld, type World} from './world.js'

let postgres: Postgres | undefined
beforeAll(async () => {
  if (postgresBin()) postgres = await startPostgres()
})
beforeEach((context) => needs(context, 'heroku-cli', 'node-20', 'postgres'))
afterAll(() => postgres?.stop())

/** Rows that the workers wrote while the window was closed to them: between their exit and their coming back. */
async function writtenInside({sql}: World, {lines}: Ended): Promise<string> {
  const [drained] = lines('end', 'scale-down')
  const [restored] = lines('begin', 'scale-up')
  const [from, to] = [drained!.at, restored!.at].map((at) => new Date(at).toISOString())
  return sql(`SELECT count(*) FROM ticks WHERE at BETWEEN '${from}' AND '${to}'`)
}

/** The newest backup, by the address that the stock CLI tells, restored by PostgreSQL's own program into a database of its own. */
async function restored({heroku, home}: World): Promise<(sql: string) => Promise<string>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backup-'))
  try {
    const file = path.join(folder, 'latest.dump')
    const address = await runHeroku(['pg:backups:url', '--app', APP], {home, env: heroku.env})
    if (address.code !== 0) throw new Error(address.stderr)
    const backup = await fetch(address.stdout.trim())
    await writeFile(file, Buffer.from(await backup.arrayBuffer()))
    const url = await createDatabase(postgres!.url)
    const argv = ['--no-owner', '--exit-on-error', '--dbname', new URL(url).pathname.slice(1), file]
    const status = await runTool(postgresBin()!, ['pg_restore', ...argv], {url, signal: AbortSignal.timeout(60_000)})
    if (status !== 0) throw new Error(`pg_restore ended with ${status}`)
    return (text) => psql(postgresBin()!, url, text)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

const ROWS = 'SELECT id, dyno, at FROM'

describe.concurrent(
  'a window around a migration that rewrites a table, while workers write every 100 ms',
  {timeout: 150_000},
  () => {
    for (const command of ['maintenance-migrate', 'ship']) {
      test(command, async ({expect}) => {
        // Longer than anything else that is waited for with them.
        await using world = await openWorld(postgres, {configVars: {JOB_MS: '9000'}})
        const {heroku, quantities, run, sql, webUrl} = world
        const before = heroku.world(APP)
        const outside = probe(webUrl)
        const migration = sqlCommand(REWRITE)
        const argv =
          command === 'ship'
            ? [
                'ship',
                ...(await world.archive('web', 'exec node web.cjs new day')),
                ...(await world.archive(
                  'worker',
                  `exec node worker.cjs "INSERT INTO ticks (dyno, day) VALUES ('DYNO', now())"`,
                )),
                ...(await world.archive('clock', 'exec node worker.cjs')),
                '--migrate',
                migration,
                '--json',
              ]
            : ['maintenance-migrate', '--json', '--', migration]
        // The oldest Node that the plugin runs on; the other tests take the one of the CLI's installers.
        const done = await run(argv, {nodeBinary: await nodeBinary(20)})
        expect([done.code, done.stderr]).toEqual([0, expect.any(String)])
        const report = JSON.parse(done.stdout) as {downtimeMs: number; outcome: string; left: unknown[]}
        expect(report).toMatchObject({outcome: 'done', exitCode: 0, left: []})

        // Nobody wrote between drain and restore; before and after they did, all of them.
        expect(await writtenInside(world, done)).toBe('0')
        const writers = (clause: string) =>
          sql(`SELECT DISTINCT dyno FROM ticks WHERE dyno LIKE '%.%' AND ${clause} ORDER BY 1`)
        const at = new Date(done.lines('end', 'migrate')[0]!.at).toISOString()
        expect(await writers(`at < '${at}'`)).toBe('clock.1\nworker.1\nworker.2')
        await expect.poll(() => writers(`at > '${at}'`), {timeout: 15_000}).toBe('clock.1\nworker.1\nworker.2')

        // The backup is what the migration found, and that is all there was when the last worker had exited.
        const backup = await restored(world)
        const found = await sql(`${ROWS} found ORDER BY id`)
        expect(found.split('\n').length).toBeGreaterThan(20_000)
        expect(await backup(`${ROWS} ticks ORDER BY id`)).toBe(found)
        expect(await backup("SELECT to_regclass('found')")).toBe('')
        expect(
          await sql(
            "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 'ticks'::regclass AND attname = 'id'",
          ),
        ).toBe('bigint')

        // Quantities, flag and features as they were; the site came back once.
        expect(quantities()).toEqual({web: 1, worker: 2, clock: 1})
        expect(heroku.world(APP)).toMatchObject({maintenance: false, features: before.features, stack: before.stack})
        const answers = await outside.stop()
        expect(statuses(answers)).toEqual([200, 503, 200])
        expect(answers.at(-1)!.text).toBe(`${command === 'ship' ? 'new' : 'old'} id,dyno,at,day`)
        const measured = downtime(answers)
        expect(Math.abs(report.downtimeMs - measured)).toBeLessThan(1000 + measured / 10)
      })
    }
  },
)
