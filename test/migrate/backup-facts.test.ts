import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {resolveDatabase} from '../../src/lib/migrate/backup/resolve-database.js'
import type {Attachment} from '../../src/lib/heroku/types.js'
import {APP, type BackupWorld, backupWorld} from './backup-world.js'

let world: BackupWorld

beforeEach(async () => {
  world = await backupWorld()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await world.stop()
})

const HOUR = 60 * 60_000
const knobs = (app = APP) => world.local.knobs(app)
const messages = (reasons: Array<{message: string; fix?: string}>) =>
  reasons.map(({fix, message}) => `${message} ${fix}`)

const attachment = (more: Partial<Attachment> = {}): Attachment => ({
  name: 'DATABASE',
  app: APP,
  addon: {id: '1', name: 'postgresql-1', plan: 'heroku-postgresql:mini', app: APP},
  configVars: ['DATABASE_URL'],
  ...more,
})

async function captured(addon: string, app = APP): Promise<void> {
  const {uuid} = await world.data.capture(addon)
  await expect.poll(async () => (await world.data.transfer(app, uuid)).succeeded, {timeout: 10_000}).toBe(true)
}

describe('the database', () => {
  it.each(['DATABASE_URL', 'DATABASE', 'database'])('is found by %s', async (name) => {
    const addonId = await world.addDatabase('essential-0')
    const {facts, reasons} = await world.facts({databases: [name]})
    expect(reasons).toEqual([])
    expect(facts).toMatchObject({mode: 'capture', databases: [{addonId, attachment: 'DATABASE', billingApp: APP}]})
    expect(facts.databases[0]!.bytes).toBeGreaterThan(0)
  })

  it('is found by its add-on, and is one however often it is named', async () => {
    await world.addDatabase('essential-0')
    const {facts} = await world.facts()
    const again = await world.facts({databases: ['DATABASE_URL', facts.databases[0]!.addon, 'DATABASE']})
    expect(again.facts.databases).toEqual(facts.databases)
  })

  it('several are several, each with the names of the others', async () => {
    await world.addDatabase('essential-0')
    await world.addDatabase('essential-0')
    const {facts} = await world.facts({databases: ['DATABASE_URL', 'HEROKU_DATABASE_AMBER']})
    expect(facts.databases.map(({attachment}) => attachment)).toEqual(['DATABASE', 'HEROKU_DATABASE_AMBER'])
    expect(facts.databases[0]!.others).toContain('HEROKU_DATABASE_AMBER')
    expect(facts.databases[0]!.others).not.toContain('DATABASE')
    expect(facts.databases[1]!.others).toContain('DATABASE')
  })

  it('that may share its name with another one does not take that name for the other', async () => {
    await world.addDatabase('essential-0')
    const [own] = await world.services.platform.attachments(APP)
    const other = attachment({name: 'HEROKU_POSTGRESQL_DATABASE', configVars: []})
    Object.assign(world.services.platform, {attachments: () => Promise.resolve([own!, other])})
    const {facts} = await world.facts()
    expect(facts.databases[0]!.others).toEqual(['POSTGRESQL-1'])
  })

  it('is found by a config var that was set by hand to the same address', async () => {
    const addonId = await world.addDatabase('essential-0')
    const {DATABASE_URL: url} = (await world.ask('GET', `/apps/${APP}/config-vars`)) as Record<string, string>
    await world.ask('PATCH', `/apps/${APP}/config-vars`, {PRIMARY_URL: `${url}?sslmode=require`})
    const {facts} = await world.facts({databases: ['PRIMARY_URL']})
    expect(facts.databases).toMatchObject([{addonId}])
  })

  it("that is not Heroku's is refused, unless no backup is wanted; its URL is in no word", async () => {
    await world.ask('PATCH', `/apps/${APP}/config-vars`, {DATABASE_URL: 'postgres://me:5ecre7@db.example.com/prod'})
    const {reasons} = await world.facts()
    expect(messages(reasons)).toEqual([
      expect.stringMatching(/set by hand to a database that is not attached.* --backup none/),
    ])
    expect(JSON.stringify(reasons)).not.toMatch(/5ecre7|example\.com/)
    const none = await world.facts({mode: 'none'})
    expect(none).toEqual({facts: {mode: 'none', databases: [], timeoutMs: 30 * 60_000}, reasons: [], notes: []})
  })

  it('that is not there is refused, and those that are there are named', async () => {
    expect(messages((await world.facts()).reasons)).toEqual([
      `${APP} has no Heroku Postgres. To go on without a backup: --backup none`,
    ])
    await world.addDatabase('essential-0')
    const {reasons} = await world.facts({databases: ['ANALYTICS']})
    expect(messages(reasons)).toEqual([
      `${APP} has no Heroku Postgres named ANALYTICS, but DATABASE. Name it with --database.`,
    ])
  })

  it('that could be two is refused with both names', async () => {
    const postgres = [
      attachment({name: 'COPPER'}),
      attachment({addon: {id: '2', name: 'copper', plan: 'heroku-postgresql:mini', app: APP}}),
    ]
    const found = await resolveDatabase('copper', {app: APP, postgres, configVars: () => Promise.resolve({})})
    expect(found).toEqual({
      reason: {message: 'copper may be any of COPPER (postgresql-1) and DATABASE (copper).', fix: expect.any(String)},
    })
  })

  it('that is still being made is refused with the command that waits for it', async () => {
    await world.addDatabase('essential-0')
    knobs().databaseProvisioning = 1
    const {reasons} = await world.facts()
    expect(messages(reasons)).toEqual([
      expect.stringMatching(/DATABASE is not ready\. heroku pg:wait postgresql-\S+ --app acme/),
    ])
  })
})

describe('how it is kept', () => {
  it('auto records a restore point where there is continuous protection, and says so', async () => {
    await world.addDatabase('standard-0')
    const {facts, notes} = await world.facts()
    expect(facts.mode).toBe('restore-point')
    expect(notes).toEqual([
      expect.stringMatching(/DATABASE \(heroku-postgresql:standard-0\) has continuous protection/),
    ])
    expect((await world.facts({mode: 'capture'})).facts.mode).toBe('capture')
  })

  it('the notes name the size, how long the last one took, and which backup goes', async () => {
    const addon = await world.addDatabase('essential-0')
    expect((await world.facts()).notes).toEqual([expect.stringMatching(/^DATABASE holds [\d.]+ MB\.$/)])
    await captured(addon)
    expect((await world.facts()).notes).toEqual([expect.stringMatching(/its last backup, b001, took \d+ s\.$/)])
    await captured(addon)
    expect((await world.facts()).notes).toEqual([
      expect.stringMatching(/b002, took/),
      expect.stringMatching(/^The new backup drops b001 of .*heroku pg:backups:download b001 --app acme$/),
    ])
  })

  it('other apps at the same database are named, and the backups are looked for under the app that pays', async () => {
    const addonId = await world.addDatabase('essential-0')
    await world.local.createApp('crm')
    const [own] = await world.services.platform.attachments(APP)
    const main = {...own!, app: 'crm', name: 'MAIN', configVars: ['MAIN_URL']}
    const {attachments} = world.services.platform
    Object.assign(world.services.platform, {
      attachments: (app: string) => (app === 'crm' ? Promise.resolve([main]) : attachments(app)),
      attachmentsOf: () => Promise.resolve([own, main]),
    })
    expect((await world.facts()).notes).toContainEqual(expect.stringMatching(/^crm uses the database DATABASE too/))
    const {facts, reasons} = await world.facts({app: 'crm', databases: ['MAIN']})
    expect(reasons).toEqual([])
    expect(facts.databases).toMatchObject([{addonId, attachment: 'MAIN', billingApp: APP}])
  })
})

describe('what is on its way', () => {
  const modes = ['auto', 'none'] as const

  it.each(modes)('a scheduled backup is waited for, with --backup %s too', async (mode) => {
    const addon = await world.addDatabase('essential-0')
    await world.ask('POST', `/client/v11/databases/${addon}/transfer-schedules`, {
      hour: 3,
      schedule_name: 'DATABASE_URL',
    })
    knobs().transferStaysPending = true
    world.local.runSchedules(APP)
    const {facts, notes, reasons} = await world.facts({mode})
    expect(reasons).toEqual([])
    expect(facts.databases.length).toBe(1)
    expect(notes).toContainEqual(
      expect.stringMatching(/^The scheduled backup a001 of DATABASE is not finished: it is waited for/),
    )
  })

  it.each(modes)(
    'one without a sign of life for an hour is refused with the command that ends it (%s)',
    async (mode) => {
      const addon = await world.addDatabase('essential-0')
      knobs().transferStaysPending = true
      await world.data.capture(addon)
      const {reasons} = await world.facts({mode, now: Date.now() + 2 * HOUR})
      expect(messages(reasons)).toEqual([
        expect.stringMatching(/no sign of life since 2 h.* heroku pg:backups:cancel b001 --app acme$/),
      ])
    },
  )

  it.each(modes)('a restore is refused (%s)', async (mode) => {
    const addon = await world.addDatabase('essential-0')
    knobs().transferStaysPending = true
    await world.ask('POST', `/client/v11/databases/${addon}/restores`, {backup_url: 'https://example.com/b.dump'})
    const {reasons} = await world.facts({mode})
    expect(messages(reasons)).toEqual([
      'The restore r001 into DATABASE is not finished. Wait for it: heroku pg:backups:info r001 --app acme',
    ])
  })

  it('what happens to another database is no reason', async () => {
    await world.addDatabase('essential-0')
    const other = await world.addDatabase('essential-0')
    knobs().transferStaysPending = true
    await world.ask('POST', `/client/v11/databases/${other}/restores`, {backup_url: 'https://example.com/b.dump'})
    const {notes, reasons} = await world.facts()
    expect(reasons).toEqual([])
    expect(notes).toEqual([expect.stringMatching(/^DATABASE holds/)])
  })

  it('a Data API that does not answer is a note when no backup is wanted, and an error otherwise', async () => {
    await world.addDatabase('essential-0')
    world.local.fault({method: 'GET', path: /\/transfers$/, moment: 'before', times: 4})
    const {notes, reasons} = await world.facts({mode: 'none'})
    expect(reasons).toEqual([])
    expect(notes).toEqual([expect.stringMatching(/^Whether a backup or restore runs can't be seen/)])
    world.local.fault({method: 'GET', path: /\/transfers$/, moment: 'before', times: 4})
    await expect(world.facts()).rejects.toThrow(/503/)
  })
})
