import {writeFile} from 'node:fs/promises'
import {constants} from 'node:os'
import path from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'

import {needs} from '../real/needs.js'
import {APP, openRig, type Rig} from '../recover/rig.js'
import {type Row, rows, uncovered} from './rows.js'
import {argvOf, type Running, startIn} from './start.js'

/** The migration begins, and goes on until it is let go. */
const WAITS = 'while [ ! -e "$RAN/go" ]; do sleep 0.05; done'
const go = (rig: Rig) => writeFile(path.join(rig.setup.folder, 'ran', 'go'), '')

/** Holds the run at a moment, and lets it go on once the signal is there. */
const moments: Record<
  Row['moment'],
  {hold(rig: Rig): Promise<void> | void; reached(rig: Rig): Promise<boolean>; free(rig: Rig): void}
> = {
  // The workers are told to stop, and do not exit.
  drain: {
    hold: ({setup}) => void (setup.heroku.knobs(APP).drainMs = 5000),
    reached: async (rig) => (await rig.world()).formation.worker?.quantity === 0,
    free() {},
  },
  backup: {
    hold: ({setup}) => void (setup.heroku.knobs(APP).transferStaysPending = true),
    reached: async (rig) => Object.values((await rig.world()).backups).includes('running'),
    free: ({setup}) => void (setup.heroku.knobs(APP).transferStaysPending = false),
  },
  migration: {
    hold() {},
    reached: async (rig) => (await rig.world()).ran.migrate === 1,
    free() {},
  },
  // It has migrated, the workers are back, and behind maintenance they show that they stay up.
  restoring: {
    hold: go,
    async reached(rig) {
      const {formation, ran} = await rig.world()
      return ran.migrate === 1 && formation.worker?.quantity === 2
    },
    free() {},
  },
}

const signalled = (name: NodeJS.Signals): number => 128 + constants.signals[name]

/** As GitHub cancels a job: what is not over after 7.5 s is told again, and then leaves at once with what is left. */
async function cancel(running: Running, signal: Row['signal']): Promise<Awaited<ReturnType<Running['end']>>> {
  await running.signal(signal)
  const again = setTimeout(() => void running.signal('SIGTERM'), 7500)
  try {
    return await running.end()
  } finally {
    clearTimeout(again)
  }
}

/** Nothing of a terminal in a pipe, and no half line at its end. */
function expectClean(said: string, place: Row['place']): void {
  // eslint-disable-next-line no-control-regex
  if (place === 'pipe') expect(said).toMatch(/^[^\u001B\r]*\n$/)
}

test('the rows below have every pair of every two columns', () => {
  expect(uncovered(rows)).toEqual([])
})

describe.concurrent('a run in a window that is told to end', {timeout: 120_000}, () => {
  beforeEach((context) => needs(context, 'tmux', 'heroku-cli'))

  test.for(rows.map((row) => [Object.values(row).join(', '), row] as const))('%s', async ([, row], {expect}) => {
    const {moment, place, signal} = row
    const {free, hold, reached} = moments[moment]
    await using rig = await openRig({migrate: WAITS})
    await hold(rig)
    await using running = await startIn(row, await argvOf(row, rig), rig)
    await expect.poll(() => reached(rig).then(async (is) => is || running.said()), {timeout: 60_000}).toBe(true)
    const {code, said} = await cancel(running, signal)
    free(rig)
    expectClean(said, place)
    if (moment === 'backup' || moment === 'drain') {
      expect(code, said).toBe(signalled(signal))
      expect(said).toMatch(/\nInterrupted; .*maintenance mode is off again/)
      expect(said).not.toMatch(/What is left/)
      expect(await rig.differs()).toEqual([])
      const {backups, ran} = await rig.world()
      expect({migrated: ran.migrate, backups: Object.values(backups)}).toEqual({
        migrated: 0,
        backups: moment === 'backup' ? ['cancelled'] : [],
      })
      return
    }

    expect(code, said).toBe(4)
    if (moment === 'restoring') {
      expect(said).toMatch(
        /\nTo go on from here, or back: heroku pipeline:recover --app example-app\n\nWhat is left:\n/,
      )
      // It has ended, and the workers are back: nobody says otherwise.
      expect(said).not.toMatch(/goes on by itself|worker at 0|may be at 0/)
      expect(await rig.world()).toMatchObject({maintenance: true})
      const recovered = await rig.recover(['--resume'])
      expect(recovered.code, recovered.stderr).toBe(0)
      // A ship leaves its code.
      expect((await rig.differs()).filter((line) => /quantity|features|maintenance/.test(line))).toEqual([])
      expect((await rig.world()).ran.migrate).toBe(1)
      return
    }

    // The last lines: what puts it right, what goes on, how to follow it.
    expect(said).toMatch(
      /\nTo go on from here, or back: heroku pipeline:recover --app example-app\n\nWhat is left:\n.* goes on by itself; /,
    )
    expect(said).toMatch(/\n +heroku logs --dyno run\.\d+ .*--tail/)
    const held = await rig.world()
    expect(held).toMatchObject({maintenance: true, formation: {worker: {quantity: 0}}})
    expect(held.dynos.filter(({name}) => name.startsWith('run.'))).toHaveLength(1)
    await go(rig)
    await expect.poll(async () => (await rig.world()).dynos.some(({name}) => name.startsWith('run.'))).toBe(false)
    expect((await rig.world()).ran.migrate).toBe(1)
  })
})
