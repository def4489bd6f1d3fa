import {beforeEach, describe, test} from 'vitest'

import {runHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {APP, openRig, type Rig} from './rig.js'

beforeEach((context) => needs(context, 'heroku-cli'))

/** A ship whose migration fails holds behind its window. */
async function holds(rig: Rig): Promise<string> {
  const flags = ['--migrate', 'sh migrate', '--backup', 'none', '--keep-up', 'clock', '--stable-for', '0s']
  const {code, stderr} = await rig.run(['pipeline:ship', '--app', APP, ...flags, ...(await rig.setup.archives({}))])
  if (code !== 4) throw new Error(`exit ${code}: ${stderr}`)
  return stderr
}

describe.concurrent('a ship that holds after its migration failed', {timeout: 150_000}, () => {
  test('waits for a person to choose, and goes back with its code', async ({expect}) => {
    await using rig = await openRig({migrate: 'exit 1'})
    await holds(rig)
    const left = await rig.world()
    const {code, stderr} = await rig.recover()
    expect(code, stderr).toBe(4)
    expect(stderr).toMatch(/holds: [^]*--resume[^]*--rollback[^]*heroku releases:rollback v\d+/)
    expect(await rig.world()).toEqual(left)

    const back = await rig.recover(['--rollback'])
    expect(back.code, back.stderr).toBe(0)
    expect(back.stdout).toMatch(/as it was before, except for what the migration did to the database/)
    // The release, and the one that goes back from it.
    expect((await rig.differs()).filter((line) => !line.startsWith('releases:'))).toEqual([])
    expect((await rig.recover()).stdout).toMatch(/Nothing to recover/)
  })

  test('goes on when a person has put the schema right', async ({expect}) => {
    await using rig = await openRig({migrate: 'exit 1'})
    await holds(rig)
    const {code, stderr} = await rig.recover(['--resume'])
    expect(code, stderr).toBe(0)
    const {maintenance, ran} = await rig.world()
    expect({maintenance, migrated: ran.migrate}).toEqual({maintenance: false, migrated: 1})
    expect((await rig.differs()).filter((line) => /quantity|features|maintenance/.test(line))).toEqual([])
  })

  test('is left alone when a person has closed its window by hand', async ({expect}) => {
    await using rig = await openRig({migrate: 'exit 1'})
    await holds(rig)
    const {env} = rig.setup.heroku
    for (const by of ['ps:scale worker=2', 'maintenance:off', 'features:enable preboot'])
      expect((await runHeroku([...by.split(' '), '--app', APP], {env})).code).toBe(0)
    const {code, stderr, stdout} = await rig.recover()
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/is closed again/)
    expect((await rig.recover()).stdout).toMatch(/Nothing to recover/)
  })
})
