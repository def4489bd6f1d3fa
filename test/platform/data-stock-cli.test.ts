import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {emptyHome, runHeroku, startHeroku, type HerokuHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {startPostgres, type Postgres} from '../real/postgres.js'
import {postgresBin, psql} from './data/tools.js'
import {startPlatform, type LocalHeroku} from './index.js'

/** The stock CLI, which knows nothing of ours, meets a real database behind the Data API; without one: test/conformance/. */
let postgres: Postgres | undefined
let heroku: LocalHeroku
let home: HerokuHome

beforeEach((ctx) => needs(ctx, 'heroku-cli', 'postgres'))
beforeAll(async () => {
  home = await emptyHome()
  if (!postgresBin()) return
  postgres = await startPostgres()
  heroku = await startPlatform({exampleApp: true, postgres, speed: 5})
})
afterAll(async () => {
  await heroku?.stop()
  await postgres?.stop()
  await home.remove()
})

const env = () => ({...heroku.env, CI: 'true'})
const knobs = () => heroku.knobs('example-app')

async function cli(...argv: string[]) {
  const {code, stderr, stdout} = await runHeroku([...argv, '--app', 'example-app'], {home, env: env()})
  const out = stdout.trimEnd().split('\n')
  return {code, out: out.map((line) => line.trimEnd()), err: stderr}
}

async function sql(text: string): Promise<string> {
  const headers = {Accept: 'application/vnd.heroku+json; version=3', Authorization: `Bearer ${heroku.apiKey}`}
  const response = await fetch(`${heroku.url}/apps/example-app/config-vars`, {headers})
  const {DATABASE_URL: url} = (await response.json()) as {DATABASE_URL: string}
  return psql(postgresBin() ?? '', url, text)
}

describe('the stock Heroku CLI, unchanged', () => {
  it('pg:info', async () => {
    const {code, out} = await cli('pg:info')
    expect([code, out[0]]).toEqual([0, '=== DATABASE_URL'])
    for (const line of [
      /^Plan: +essential-0$/,
      /^Status: +Available$/,
      /^Connections: +\d+\/20$/,
      /^Tables: +0$/,
      /^Continuous Protection: +Off$/,
      /^Add-on: +postgresql-/,
    ]) {
      expect(out).toEqual(expect.arrayContaining([expect.stringMatching(line)]))
    }
  })

  it('pg:wait cannot wait for a database that is not provisioned yet', async () => {
    knobs().databaseProvisioning = 1
    const failed = await cli('pg:wait', '--wait-interval', '1', '--no-notify')
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('is not valid JSON')])
  })

  it('pg:backups:capture, then lists it, describes it and restores it', async () => {
    await sql('CREATE TABLE precious (a int); INSERT INTO precious VALUES (42)')
    const captured = await cli('pg:backups:capture')
    expect(captured.code).toBe(0)
    expect(captured.out.join('\n')).toMatch('Use Ctrl-C at any time to stop monitoring progress')
    expect(captured.err).toMatch(/Starting backup of postgresql-[\w-]+\.\.\. done/)
    expect(captured.err).toMatch(/Backing up DATABASE to b001\.\.\. done/)

    const listed = await cli('pg:backups')
    expect(listed.code).toBe(0)
    expect(listed.out.join('\n')).toMatch(
      /b001 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 +Completed \d{4}-\S+ \S+ \+0000 +\d+\.\d\d[KM]B +DATABASE/,
    )

    const info = await cli('pg:backups:info')
    expect([info.code, info.out[0]]).toEqual([0, '=== Backup b001'])
    for (const line of [
      /^Status: +Completed$/,
      /^Type: +Manual$/,
      /^Database: +DATABASE$/,
      /\+0000 starting pg_dump$/,
    ]) {
      expect(info.out).toEqual(expect.arrayContaining([expect.stringMatching(line)]))
    }

    await sql('DROP TABLE precious')
    const restored = await cli('pg:backups:restore', 'b001', 'DATABASE_URL', '--confirm', 'example-app')
    expect([restored.code, restored.err]).toEqual([
      0,
      expect.stringMatching(/Starting restore of b001 to [^]*Restoring\.\.\. done/),
    ])
    expect(await sql('SELECT a FROM precious')).toBe('42')
    expect((await cli('pg:backups')).out.join('\n')).toMatch(/=== Restores[^]*r002 /)
  })

  it('cannot read the page that says that there is no such backup', async () => {
    const {code, err} = await cli('pg:backups:info', 'b999')
    expect([code, err]).toEqual([1, expect.stringContaining('"<h1>Not Found</h1>" is not valid JSON')])
  })

  it('pg:backups:url names what anybody can download', async () => {
    const {code, out} = await cli('pg:backups:url')
    expect(code).toBe(0)
    const dump = Buffer.from(await (await fetch(out[0] ?? '')).arrayBuffer())
    expect(dump.subarray(0, 5).toString()).toBe('PGDMP')
  })

  it('pg:backups:capture whose looks fail for a while', async () => {
    knobs().transferPollErrors = 1
    expect((await cli('pg:backups:capture')).code).toBe(0)
    expect(knobs().transferPollErrors).toBe(0)
  })

  it('pg:backups:capture while another runs, and pg:backups:cancel', async () => {
    knobs().transferStaysPending = true
    const first = await startHeroku(['pg:backups:capture', '--app', 'example-app'], {home, env: env()})
    await first.says('Use Ctrl-C at any time')
    const second = await cli('pg:backups:capture')
    expect([second.code, second.err]).toEqual([2, expect.stringContaining('A transfer is currently in progress.')])
    expect((await cli('pg:backups')).out.join('\n')).toMatch(/b\d{3} +\S+ \S+ \+0000 +Pending/)
    const canceled = await cli('pg:backups:cancel')
    expect([canceled.code, canceled.err]).toEqual([0, expect.stringMatching(/Cancelling b\d{3}\.\.\. done/)])
    knobs().transferStaysPending = false
    const ended = await first.done
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('the backup did not finish')])
    expect((await cli('pg:backups:cancel')).err).toMatch('No active backups/transfers')
  })

  it('warns where the database is continuously protected', async () => {
    const made = await cli('addons:create', 'heroku-postgresql:standard-0', '--as', 'SAFE')
    expect([made.code, made.err]).toEqual([
      0,
      expect.stringMatching(/Creating heroku-postgresql:standard-0 on example-app\.\.\. /),
    ])
    const {code, err} = await cli('pg:backups:capture', 'SAFE')
    expect([code, err]).toEqual([0, expect.stringContaining('Continuous protection is already enabled')])
  })
})
