import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, test} from 'vitest'

import type {HerokuProcess} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {APP, openRig, type Rig} from './rig.js'

beforeEach((context) => needs(context, 'heroku-cli'))

const go = (rig: Rig) => writeFile(path.join(rig.setup.folder, 'ran', 'go'), '')

/** A ship in a window whose release phase ends as it is told to, once it is let. */
async function releasing(rig: Rig, status: number): Promise<HerokuProcess> {
  const releasePhase = `echo phase; while [ ! -e "$RAN/go" ]; do sleep 0.05; done; exit ${status}`
  const flags = ['--maintenance', 'on', '--backup', 'none', '--keep-up', 'clock', '--stable-for', '0s']
  const archives = await rig.setup.archives({releasePhase})
  const process = await rig.start(['pipeline:ship', '--app', APP, ...flags, ...archives])
  await process.says(/ phase$/m)
  return process
}

/** What differs besides the code. */
const differs = async (rig: Rig) =>
  (await rig.differs()).filter(
    (line) => !/^(releases|dynos)|^formation\.\w+: (\d+ ×) old image → \2 new image$|^formation.release: /.test(line),
  )

describe.concurrent('a release phase whose run is gone', {timeout: 150_000}, () => {
  for (const [how, end, way] of [
    ['killed', 0, '--resume'],
    ['held', 1, '--rollback'],
  ] as const) {
    test(`${how}: it is waited for, whatever is asked; it ends with ${end}`, async ({expect}) => {
      await using rig = await openRig()
      const process = await releasing(rig, end)
      process.kill(how === 'killed' ? 'SIGKILL' : 'SIGINT')
      expect((await process.done).code).toBe(how === 'killed' ? null : 4)

      const running = await rig.world()
      const waiting = await rig.recover(['--json', way])
      expect({code: waiting.code, ...(JSON.parse(waiting.stdout) as object)}).toMatchObject({
        code: 4,
        outcome: 'held',
        message: expect.stringContaining('The release phase of v5 still runs.') as string,
      })
      expect(await rig.world()).toEqual(running)
      await go(rig)
      await expect.poll(async () => (await rig.world()).pendingReleases, {timeout: 20_000}).toBe(0)
      const first = await rig.recover()
      const {formation} = await rig.world()
      if (end === 0) {
        expect(first.code, first.stderr).toBe(0)
        expect(first.stdout).toMatch(/the run was carried to its end/)
        expect(formation.worker?.image).not.toBe(rig.before.formation.worker?.image)
      } else {
        expect(first.code, first.stderr).toBe(4)
        expect(first.stderr).toMatch(/The release phase of v5 failed: the schema may be half applied\./)
        expect(first.stderr).not.toMatch(/--resume/)
        const back = await rig.recover(['--rollback'])
        expect(back.code, back.stderr).toBe(0)
        expect(formation.worker?.image).toBe(rig.before.formation.worker?.image)
      }

      expect(await differs(rig)).toEqual([])
    })
  }

  test('and over whose release somebody has released: theirs stays, what is ours is put back', async ({expect}) => {
    await using rig = await openRig()
    const process = await releasing(rig, 0)
    process.kill('SIGKILL')
    await process.done
    await go(rig)
    await expect.poll(async () => (await rig.world()).pendingReleases, {timeout: 20_000}).toBe(0)
    const {apiKey, url} = rig.setup.heroku
    const headers = {accept: 'application/vnd.heroku+json; version=3', authorization: `Bearer ${apiKey}`}
    const body = JSON.stringify({THEIRS: 'yes'})
    await fetch(`${url}/apps/${APP}/config-vars`, {method: 'PATCH', headers, body})
    const theirs = await rig.world()
    const {code, stderr} = await rig.recover(['--rollback'])
    expect(code, stderr).toBe(4)
    expect(stderr).toMatch(/left as it is/)
    expect(await rig.world()).toMatchObject({releases: theirs.releases})
    expect(await differs(rig)).toEqual(['configVars: same → changed'])
  })
})
