import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {OutcomeUnknown, Unreadable} from '../../src/lib/heroku/errors.js'
import type {BackupFacts} from '../../src/lib/migrate/facts.js'
import {type BackedUp, goBack} from '../../src/lib/migrate/backup/go-back.js'
import {APP, type BackupRun, type BackupWorld, backupWorld, startBackup} from './backup-world.js'

let world: BackupWorld

beforeEach(async () => {
  world = await backupWorld()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await world.stop()
})

const MINUTE = 60_000
const knobs = () => world.local.knobs(APP)
const kept = ({run}: BackupRun) => run.results.get('backup') as BackedUp | undefined
const transfers = () => world.data.transfers(APP)
const names = async () => (await transfers()).map(({name}) => name)

async function factsFor(plan = 'essential-0', mode: 'auto' | 'capture' | 'none' = 'auto'): Promise<BackupFacts> {
  await world.addDatabase(plan)
  return (await world.facts({mode})).facts
}

async function scheduled(facts: BackupFacts): Promise<void> {
  const path = `/client/v11/databases/${facts.databases[0]!.addonId}/transfer-schedules`
  await world.ask('POST', path, {hour: 3, schedule_name: 'DATABASE_URL'})
  world.local.runSchedules(APP)
}

/** Until the step has said this. */
const says = ({said}: BackupRun, words: RegExp) => vi.waitFor(() => expect(said()).toMatch(words), {timeout: 10_000})

describe('a capture', () => {
  it('is waited for until it has succeeded, and named with its size', async () => {
    const facts = await factsFor()
    knobs().transferMs = 600
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    const [transfer] = await transfers()
    expect(transfer).toMatchObject({name: 'b001', succeeded: true})
    expect(kept(backup)).toMatchObject({
      app: APP,
      databases: [{kept: 'capture', attachment: 'DATABASE', backup: 'b001', bytes: transfer!.processedBytes}],
    })
    expect(goBack(kept(backup)!)).toMatchObject([{command: `heroku pg:backups:restore b001 DATABASE_URL --app ${APP}`}])
    expect(world.captures()).toBe(1)
  })

  it('tells how many bytes are through and how fast, and nothing secret', async () => {
    const facts = await factsFor()
    knobs().transferMs = 1000
    const backup = startBackup(world, facts)
    await backup.verdict
    const progress = backup.events.filter((event) => event.type === 'step-progress')
    expect(progress).toContainEqual(
      expect.objectContaining({current: 131_072, unit: 'bytes', message: expect.stringMatching(/^b001, .+\/s$/)}),
    )
    expect(progress.at(-1)).toMatchObject({done: 'ok', message: 'b001'})
    expect(backup.said()).not.toMatch(/postgres:\/\/|p0123456789abcdef/)
  })

  it.each(['lost', 'after'] as const)(
    'whose answer is lost (%s) is found, and there is no second one',
    async (moment) => {
      const facts = await factsFor()
      await startBackup(world, facts).verdict
      world.local.fault({method: 'POST', path: /backups$/, moment})
      const backup = startBackup(world, facts)
      expect(await backup.verdict).toEqual({outcome: 'done'})
      expect(kept(backup)?.databases).toMatchObject([{backup: 'b002'}])
      expect(world.captures()).toBe(2)
      expect(await names()).toEqual(['b002', 'b001'])
    },
  )

  it('whose answer is lost and that never began ends the run, and is never sent again', async () => {
    const facts = await factsFor()
    world.local.fault({method: 'POST', path: /backups$/, moment: 'before'})
    const {verdict} = startBackup(world, facts)
    expect(await verdict).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      reason: expect.stringMatching(/503.*no backup of DATABASE followed/),
    })
    expect(world.captures()).toBe(1)
  })

  it('that never began is not found in a scheduled one that begins right then', async () => {
    const facts = await factsFor()
    const fault = world.local.fault({method: 'POST', path: /backups$/, moment: 'before'})
    const {verdict} = startBackup(world, facts)
    await vi.waitFor(() => expect(fault.hits).toBe(1), {timeout: 10_000, interval: 2})
    await scheduled(facts)
    expect(await verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/no backup of DATABASE followed/),
    })
    expect(await names()).toEqual(['a001'])
  })

  it('whose answer is lost while the run is interrupted is cancelled too', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    const fault = world.local.fault({method: 'POST', path: /backups$/, moment: 'lost'})
    const {run, verdict} = startBackup(world, facts)
    await vi.waitFor(() => expect(fault.hits).toBe(1), {timeout: 10_000, interval: 2})
    run.interrupt('SIGINT')
    expect(await verdict).toMatchObject({outcome: 'interrupted', left: []})
    expect(await transfers()).toMatchObject([{name: 'b001', canceledAt: expect.any(Number)}])
  })

  it('that only the undo can find is cancelled by it', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    let blind = false
    const asked = {method: 'POST', path: '/backups', cause: new Error('lost')}
    const data = {
      ...world.data,
      async capture(addon: string) {
        await world.data.capture(addon)
        blind = true
        backup.run.interrupt('SIGINT')
        throw new OutcomeUnknown(asked)
      },
      transfers(app: string) {
        const answer = blind ? Promise.reject(new Unreadable(asked)) : world.data.transfers(app)
        blind = false
        return answer
      },
    }
    const backup = startBackup({services: {...world.services, data}}, facts)
    expect(await backup.verdict).toMatchObject({outcome: 'interrupted', left: []})
    expect(await transfers()).toMatchObject([{name: 'b001', canceledAt: expect.any(Number)}])
  })

  it('that somebody deletes ends the run', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    const backup = startBackup(world, facts)
    await says(backup, /b001 is pending/)
    await world.ask('DELETE', `/client/v11/apps/${APP}/transfers/1`)
    expect(await backup.verdict).toMatchObject({outcome: 'failed', reason: expect.stringMatching(/404/)})
  })

  it('that can not be cancelled is said, and the run is undone all the same', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    const backup = startBackup(world, facts)
    await says(backup, /b001 is pending/)
    world.local.fault({
      method: 'POST',
      path: /cancel$/,
      moment: 'before',
      status: 403,
      body: {id: 'forbidden', message: 'No.'},
    })
    backup.run.interrupt('SIGINT')
    expect(await backup.verdict).toMatchObject({outcome: 'interrupted', exitCode: 130, left: []})
    expect(backup.said()).toMatch(/may go on: .* heroku pg:backups:cancel b001 --app acme/)
  })

  it('is followed through looks that fail', async () => {
    const facts = await factsFor()
    knobs().transferPollErrors = 9
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    expect(knobs().transferPollErrors).toBe(0)
  })

  it('that fails ends the run with the last lines of its log', async () => {
    const facts = await factsFor()
    knobs().transferFails = 'pg_dump: error: out of patience'
    expect(await startBackup(world, facts).verdict).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      reason: 'The backup b001 of DATABASE failed:\npg_dump: error: out of patience',
    })
  })

  it('that somebody cancels ends the run', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    const backup = startBackup(world, facts)
    await says(backup, /b001 is pending/)
    const [transfer] = await transfers()
    await world.data.cancel(APP, transfer!.uuid)
    expect(await backup.verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/cancelled by somebody/),
    })
  })

  it('that is not over at its deadline is left to go on, and that is said with the command that ends it', async () => {
    const facts = {...(await factsFor()), timeoutMs: MINUTE / 4}
    knobs().transferMs = 5000
    expect(await startBackup(world, facts).verdict).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      reason: expect.stringMatching(
        /after 15 s\. It is left to go on; to end it: heroku pg:backups:cancel b001 --app acme$/,
      ),
    })
    expect((await transfers())[0]).toMatchObject({finishedAt: null})
  })

  it('is cancelled when the run is interrupted before it is over, and only that one', async () => {
    const facts = await factsFor()
    knobs().transferMs = 20_000
    const backup = startBackup(world, facts)
    await says(backup, /b001,/)
    backup.run.interrupt('SIGINT')
    expect(await backup.verdict).toMatchObject({
      outcome: 'interrupted',
      exitCode: 130,
      left: [],
      message: 'Interrupted; the unfinished backup b001 is cancelled.',
    })
    expect((await transfers())[0]).toMatchObject({succeeded: false, canceledAt: expect.any(Number)})
  })

  it('that is complete stays, whatever happens to the run afterwards', async () => {
    const facts = await factsFor()
    const fails = {id: 'next', title: 'Fail', failsAs: 'backup', run: () => Promise.reject(new Error('no'))}
    const backup = startBackup(world, facts, {after: [fails]})
    expect(await backup.verdict).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect((await transfers())[0]).toMatchObject({succeeded: true})
    expect(world.local.requests.filter(({path}) => path.endsWith('/cancel'))).toEqual([])
  })

  it('of each database is made, one after the other', async () => {
    await world.addDatabase('essential-0')
    await world.addDatabase('essential-0')
    const {facts} = await world.facts({databases: ['DATABASE_URL', 'HEROKU_DATABASE_AMBER']})
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    expect((await transfers()).map(({from, name}) => [name, from])).toEqual([
      ['b002', 'HEROKU_DATABASE_AMBER'],
      ['b001', 'DATABASE'],
    ])
    expect(goBack(kept(backup)!).map(({command}) => command)).toEqual([
      'heroku pg:backups:restore b001 DATABASE_URL --app acme',
      'heroku pg:backups:restore b002 HEROKU_DATABASE_AMBER --app acme',
    ])
  })

  it("that was begun by a process that is gone is told, and not ended: it may be somebody else's", async () => {
    const facts = await factsFor()
    const {run, step} = startBackup(world, {...facts, databases: []})
    const warnings: string[] = []
    const context = {
      ...world.services,
      clock: run.clock,
      signal: run.signal,
      hurried: false,
      log() {},
      progress() {},
      warn: (message: string) => warnings.push(message),
      resultOf: () => undefined,
    }
    knobs().transferStaysPending = true
    await world.data.capture(facts.databases[0]!.addonId)
    const other = startBackup(world, facts).step
    expect(step.id).toBe(other.id)
    expect(await other.undo!({[APP]: []}, context as never)).toBe('a backup that is finished stays')
    expect(warnings).toEqual([
      expect.stringMatching(/b001 of DATABASE goes on; to end it: heroku pg:backups:cancel b001/),
    ])
    expect((await transfers())[0]).toMatchObject({finishedAt: null})
  })
})

describe('what others do meanwhile', () => {
  it.each(['auto', 'none'] as const)('a scheduled backup is waited for first (--backup %s)', async (mode) => {
    const facts = await factsFor('essential-0', mode)
    knobs().transferMs = 600
    await scheduled(facts)
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    expect(backup.said()).toMatch(/waiting for the scheduled backup a001/)
    const there = await transfers()
    expect(there.map(({name}) => name)).toEqual(mode === 'none' ? ['a001'] : ['b002', 'a001'])
    if (mode === 'none') return
    const [ours, theirs] = there
    expect(kept(backup)?.databases).toMatchObject([{backup: 'b002'}])
    expect(ours!.createdAt).toBeGreaterThanOrEqual(theirs!.finishedAt!)
    expect(world.captures()).toBe(1)
  })

  it('one that never ends is named with the command that ends it', async () => {
    const facts = {...(await factsFor()), timeoutMs: MINUTE / 4}
    knobs().transferStaysPending = true
    await scheduled(facts)
    expect(await startBackup(world, facts).verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(
        /^The scheduled backup a001 of DATABASE .* heroku pg:backups:cancel a001 --app acme$/,
      ),
    })
    expect(world.captures()).toBe(0)
  })

  it('an interruption while waiting ends at once and cancels nothing', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    await scheduled(facts)
    const backup = startBackup(world, facts)
    await says(backup, /waiting for/)
    backup.run.interrupt('SIGTERM')
    expect(await backup.verdict).toMatchObject({outcome: 'interrupted', exitCode: 143, left: []})
    expect((await transfers())[0]).toMatchObject({name: 'a001', finishedAt: null})
  })

  it('a backup by hand of somebody who was quicker is waited for, and never cancelled', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    const capture = async (addon: string) => {
      await world.data.capture(addon)
      return world.data.capture(addon)
    }
    const services = {...world.services, data: {...world.data, capture}}
    const backup = startBackup({services}, facts)
    await says(backup, /waiting for the backup b001/)
    backup.run.interrupt('SIGINT')
    expect(await backup.verdict).toMatchObject({outcome: 'interrupted', left: []})
    expect(await transfers()).toMatchObject([{name: 'b001', finishedAt: null}])
  })

  it('a restore that began since preflight ends the run', async () => {
    const facts = await factsFor()
    knobs().transferStaysPending = true
    const path = `/client/v11/databases/${facts.databases[0]!.addonId}/restores`
    await world.ask('POST', path, {backup_url: 'https://example.com/b.dump'})
    expect(await startBackup(world, facts).verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^The restore r001 into DATABASE is not finished/),
    })
    expect(world.captures()).toBe(0)
  })

  it.each([409, 422])('a capture refused with %s because one is in progress is asked for again', async (status) => {
    const facts = await factsFor()
    const body = {id: 'conflict', message: 'A transfer is currently in progress.'}
    world.local.fault({method: 'POST', path: /backups$/, moment: 'before', status, body, times: 2})
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    expect(world.captures()).toBe(3)
    expect(await names()).toEqual(['b001'])
  })

  it('a capture that is refused for another reason ends the run in the words of the platform', async () => {
    const facts = await factsFor()
    const body = {id: 'forbidden', message: 'You may not.'}
    world.local.fault({method: 'POST', path: /backups$/, moment: 'before', status: 403, body})
    expect(await startBackup(world, facts).verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/You may not/),
    })
  })

  it('a Data API that falls silent ends the wait long before the timeout of half an hour', async () => {
    const facts = await factsFor()
    let asked = 0
    const unreadable = new Unreadable({method: 'GET', path: '/transfers', cause: new Error('no answer in time')})
    const transfersOnce = (app: string) => (asked++ === 0 ? world.data.transfers(app) : Promise.reject(unreadable))
    const services = {...world.services, data: {...world.data, transfers: transfersOnce}}
    // Half an hour of this clock is longer than any test may take.
    const {verdict} = startBackup({services}, facts, {speed: 100})
    expect(await verdict).toMatchObject({outcome: 'failed', reason: expect.stringMatching(/no answer in time/)})
    expect(asked).toBeGreaterThan(10)
    expect(world.captures()).toBe(0)
  })

  it('a Data API that is silent is no reason to stop when no backup is wanted', async () => {
    const facts = await factsFor('essential-0', 'none')
    world.local.fault({method: 'GET', path: /\/transfers$/, moment: 'before', times: 1000})
    const none = startBackup(world, facts)
    expect(await none.verdict).toEqual({outcome: 'done'})
    expect(none.said()).toMatch(/Whether a backup of DATABASE runs can't be seen/)
  })
})

describe('a restore point', () => {
  it('is the time of the platform, with the command that goes back to it; nothing is captured', async () => {
    const facts = await factsFor('standard-0')
    const before = Date.now()
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    const result = kept(backup)!
    const [one] = result.databases
    const at = one?.kept === 'restore-point' ? one.at : ''
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before - 1000)
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now())
    const time = at.slice(0, 19).replace('T', ' ')
    expect(goBack(result)[0]?.command).toBe(
      `heroku addons:create heroku-postgresql:standard-0 --app acme -- --rollback ${one!.addon} --to '${time}+00'`,
    )
    expect(world.captures()).toBe(0)
  })

  it('is recorded where it can be, and the other database is captured', async () => {
    await world.addDatabase('standard-0')
    await world.addDatabase('essential-0')
    const {facts} = await world.facts({databases: ['DATABASE_URL', 'HEROKU_DATABASE_AMBER']})
    const backup = startBackup(world, facts)
    expect(await backup.verdict).toEqual({outcome: 'done'})
    expect(kept(backup)?.databases.map((one) => one.kept)).toEqual(['restore-point', 'capture'])
  })
})

it("a backup of another app's database is gone back to by the name of the app that pays", () => {
  const one = {
    attachment: 'MAIN',
    addon: 'postgresql-x',
    plan: 'p',
    billingApp: 'billing',
    kept: 'capture',
    bytes: 1,
  } as const
  expect(goBack({app: 'crm', databases: [{...one, backup: 'b012'}]})).toMatchObject([
    {command: 'heroku pg:backups:restore billing::b012 MAIN --app crm'},
  ])
})

it('a database of the Advanced tier is forked by its own command', () => {
  const one = {
    attachment: 'DATABASE',
    addon: 'postgresql-x',
    plan: 'heroku-postgresql:advanced',
    billingApp: APP,
  } as const
  const at = '2026-11-21T15:52:07.000Z'
  expect(goBack({app: APP, databases: [{...one, kept: 'restore-point', at}]})[0]?.command).toBe(
    "heroku data:pg:fork postgresql-x --app acme --rollback-to '2026-11-21T15:52:07'",
  )
})
