import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, test} from 'vitest'

import {linkedHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {APP, openRig, type Rig} from './rig.js'

beforeEach((context) => needs(context, 'heroku-cli'))

/** Of the 23 of a whole run: the run, its plan, two for each of ten steps, the outcome. The drill tries all. */
const LINES = [2, 3, 5, 8, 10, 11, 12, 13, 16, 19, 21]

describe.concurrent('a migration in a window, killed at a line of its journal', {timeout: 150_000}, () => {
  for (const line of LINES) {
    test(`line ${line}`, async ({expect}) => {
      await using rig = await openRig()
      const process = await rig.migrate()
      await rig.killAt(process, line)
      const told = await rig.journal()
      const pivot = told.some(({step, type}) => type === 'begin' && step === 'migrate')
      const finished = told.some(({step, type}) => type === 'end' && step === 'preboot-on')

      const begun = pivot && !finished
      const first = await rig.recover(begun && line % 2 === 1 ? ['--rollback'] : [])
      // Where nothing shows how the migration ended, a person has to say; one that succeeded is gone on from.
      if (begun && first.code === 4) {
        expect(first.stderr).toMatch(/Nothing shows that [^]*heroku pipeline:recover --app \S+ --rollback/)
        const second = await rig.recover(['--rollback'])
        expect(second.code, second.stderr).toBe(0)
      } else expect(first.code, first.stderr).toBe(0)

      expect(await rig.differs()).toEqual([])
      const {backups, ran} = await rig.world()
      expect(ran.migrate).toBeLessThanOrEqual(1)
      expect(Object.keys(backups).length).toBeLessThanOrEqual(1)
      const again = await rig.recover()
      expect(again, again.stderr).toMatchObject({code: 0})
      expect(again.stdout).toMatch(/Nothing to recover/)
    })
  }
})

/** The line of `begin backup`: maintenance is on, the workers are gone. */
const IN_THE_WINDOW = 9

/** Its plan, and undos that have begun and have ended. */
const RECOVER_LINES = [2, 4, 7]

describe.concurrent('a recover that is killed itself', {timeout: 150_000}, () => {
  for (const line of RECOVER_LINES) {
    test(`line ${line}: the next one ends it`, async ({expect}) => {
      await using rig = await openRig()
      await rig.killAt(await rig.migrate(), IN_THE_WINDOW)
      const recover = ['pipeline:recover', '--app', APP, '--confirm', APP]
      await rig.killAt(await rig.start(recover), line, 1)

      const second = await rig.recover()
      expect(second.code, second.stderr).toBe(0)
      expect(await rig.differs()).toEqual([])
      expect((await rig.world()).ran.migrate).toBe(0)
      const again = await rig.recover()
      expect(again, again.stderr).toMatchObject({code: 0})
      expect(again.stdout).toMatch(/Nothing to recover/)
    })
  }
})

describe.concurrent('a run that was killed in its window', {timeout: 150_000}, () => {
  test('keeps the next one from beginning, and is in the list', async ({expect}) => {
    await using rig = await openRig()
    await rig.killAt(await rig.migrate(), IN_THE_WINDOW)
    for (const command of ['ship', 'maintenance-migrate']) {
      const argv = command === 'ship' ? ['--archive', 'web=none.tar'] : ['--', 'echo', 'migrated']
      const {code, stderr} = await rig.run([`pipeline:${command}`, '--app', APP, ...argv])
      expect(code, stderr).toBe(3)
      expect(stderr).toMatch(/was killed: \S+ may not be as it was[^]*heroku pipeline:recover --app example-app/)
    }

    const {code, stdout} = await rig.run(['pipeline:recover', '--app', APP, '--list', '--json'])
    expect({code, ...(JSON.parse(stdout) as object)}).toMatchObject({
      code: 0,
      runs: [{command: 'pipeline:maintenance-migrate', outcome: 'unfinished', journal: await rig.journalFile()}],
    })
  })

  test('is put right with its journal from another machine, and shown before that', async ({expect}) => {
    await using rig = await openRig()
    await rig.killAt(await rig.migrate(), IN_THE_WINDOW)
    const elsewhere = await linkedHome()
    try {
      const journal = ['--journal', await rig.journalFile()]
      const left = await rig.world()
      const dry = await rig.run(['pipeline:recover', '--app', APP, '--dry-run', ...journal], elsewhere)
      expect(dry.code, dry.stderr).toBe(0)
      expect(dry.stdout).toMatch(
        /Maintenance mode is on; before, it was off\.[^]*worker is at 0; before, it was at 2\./,
      )
      expect(dry.stdout).toMatch(/Undo: Scale worker to 0[^]*Undo: Turn maintenance mode on[^]*Undo: Turn preboot off/)
      const unsaid = await rig.run(['pipeline:recover', '--app', APP, ...journal], elsewhere)
      expect(unsaid.code, unsaid.stderr).toBe(3)
      expect(await rig.world()).toMatchObject({maintenance: left.maintenance, formation: left.formation})

      const {code, stderr} = await rig.recover(journal, elsewhere)
      expect(code, stderr).toBe(0)
      expect(await rig.differs()).toEqual([])
      const again = await rig.recover(journal, elsewhere)
      expect(again.stdout).toMatch(/Nothing to recover: .* has put it right/)
    } finally {
      await elsewhere.remove()
    }
  })

  test('is put right without a journal, once a person has said the quantities', async ({expect}) => {
    await using rig = await openRig()
    await rig.killAt(await rig.migrate(), IN_THE_WINDOW)
    const elsewhere = await linkedHome()
    try {
      const asked = await rig.recover([], elsewhere)
      expect(asked.code, asked.stderr).toBe(4)
      expect(asked.stderr).toMatch(/can not be known[^]*heroku pipeline:recover --app \S+ .*--scale worker=[2N]/)
      expect((await rig.world()).maintenance).toBe(true)
      const {code, stderr} = await rig.recover(['--scale', 'worker=2', '--scale', 'web=0'], elsewhere)
      expect(code, stderr).toBe(0)
      // Nobody can see that preboot was on.
      expect(await rig.differs()).toEqual(['features: preboot → none'])
    } finally {
      await elsewhere.remove()
    }
  })
})

describe.concurrent('a migration whose run was killed, and which goes on', {timeout: 150_000}, () => {
  const MIGRATING = 11

  /** Ends once it is let, so that nothing hangs on how fast this machine is. */
  const waits = 'until test -e "$RAN/go"; do sleep 0.1; done'
  const go = ({setup}: Rig) => writeFile(path.join(setup.folder, 'ran', 'go'), '')

  for (const [ends, exits, flags, code] of [
    ['well: the run is carried to its end', 'true', [], 0],
    ['well, as somebody hoped', 'true', ['--resume'], 0],
    ['badly: a person decides', 'exit 1', [], 4],
    ['badly: whoever hoped decides again', 'exit 1', ['--resume'], 4],
  ] as const) {
    test(`is followed, and ends ${ends}`, async ({expect}) => {
      await using rig = await openRig({migrate: `${waits}; ${exits}`})
      const process = await rig.migrate()
      await process.says(/run\.\d+/)
      await rig.killAt(process, MIGRATING)
      const resuming = await rig.start(['pipeline:recover', '--app', APP, '--confirm', APP, ...flags])
      await resuming.says('Follow the migration to its end…')
      await go(rig)
      const resumed = await resuming.done
      expect(resumed.code, resumed.stderr).toBe(code)
      expect((await rig.world()).ran.migrate).toBe(1)
      if (code === 0) return expect(await rig.differs()).toEqual([])
      expect(resumed.stderr).toMatch(/A person must decide: [^]* failed in run\.\d+/)
      const back = await rig.recover(['--rollback'])
      expect(back.code, back.stderr).toBe(0)
      expect(await rig.differs()).toEqual([])
    })
  }

  test('or has failed unseen: who resumes is told first', async ({expect}) => {
    await using rig = await openRig({migrate: `${waits}; exit 1`})
    const process = await rig.migrate()
    await process.says(/run\.\d+/)
    await rig.killAt(process, MIGRATING)
    await go(rig)
    await expect.poll(async () => (await rig.world()).dynos.filter(({name}) => name.startsWith('run.'))).toEqual([])
    const first = await rig.recover(['--resume'])
    expect(first.code, first.stderr).toBe(4)
    expect(first.stderr).toMatch(/Nothing was changed: [^]* failed in run\.\d+[^]*--resume/)
    const second = await rig.recover(['--resume'])
    expect(second.code, second.stderr).toBe(0)
    expect(await rig.differs()).toEqual([])
  })

  test('and whose run is at work: recover leaves both alone', async ({expect}) => {
    await using rig = await openRig({migrate: waits})
    const process = await rig.migrate()
    await process.says(/run\.\d+/)
    const {code, stderr} = await rig.recover()
    expect(code, stderr).toBe(3)
    expect(stderr).toMatch(new RegExp(`still at work \\(process ${process.pid}\\)`))
    await go(rig)
    expect((await process.done).code).toBe(0)
    expect(await rig.differs()).toEqual([])
  })
})

test('a release of somebody else after a ship was killed is left as it is', {timeout: 150_000}, async ({expect}) => {
  await using rig = await openRig()
  const {heroku} = rig.setup
  const argv = ['pipeline:ship', '--app', APP, '--stable-for', '60s', ...(await rig.setup.archives({}))]
  const shipping = await rig.start(argv)
  // The run; plan, begin and end of the push; plan, begin and end of the release; begin of the wait.
  await rig.killAt(shipping, 8)
  const headers = {
    accept: 'application/vnd.heroku+json; version=3',
    authorization: `Bearer ${heroku.apiKey}`,
    'content-type': 'application/json',
  }
  const url = `${heroku.url}/apps/${APP}/config-vars`
  await fetch(url, {method: 'PATCH', headers, body: JSON.stringify({THEIRS: 'yes'})})
  const theirs = await rig.world()
  const {code, stderr} = await rig.recover()
  expect(code, stderr).toBe(4)
  expect(stderr).toMatch(/that is left as it is/)
  expect(await rig.world()).toMatchObject({releases: theirs.releases, images: theirs.images})
})
