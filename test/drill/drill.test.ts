import {describe, expect, it} from 'vitest'

import {type Bug, plant} from '../failures/planted.js'
import {needs} from '../real/needs.js'
import {openCli} from './cli.js'
import {drill} from './drill.js'
import {judge} from './judge.js'
import {nameOf, newSeed, type Point} from './point.js'
import {tryPoint} from './try-point.js'

/** Of each command, moment and way one has its turn in four samples of this size; `npm run drill -- --points all` tries them all. */
const SAMPLE = 6

it('a run that is killed is put right: a sample', {timeout: 280_000}, async (context) => {
  await needs(context, 'heroku-cli')
  const seed = Number(process.env.DRILL_SEED ?? newSeed())
  const said: string[] = []
  const {outcomes} = await drill({seed, points: SAMPLE, beside: 2, say: (line) => said.push(line)})
  console.log(`npm run drill -- --seed ${seed} --points ${SAMPLE}`)
  const wrong = outcomes.filter((one) => one.wrong.length > 0).map(({point}) => nameOf(point))
  expect(wrong, said.join('\n')).toEqual([])
  expect(outcomes).toHaveLength(SAMPLE)
})

/** The drill must be able to turn red. */
const planted: Array<{what: string; bug: Bug; way: Point['way']; red: RegExp}> = [
  {
    what: "an undo that reads today's formation",
    bug: {
      file: 'lib/migrate/steps/scale-down.js',
      text: 'await setQuantities(name, quantities, ctx);',
      instead:
        'await setQuantities(name, Object.fromEntries((await ctx.platform.formation(name)).map((one) => [one.type, one.quantity])), ctx);',
    },
    way: 'with the journal',
    red: /the world: .*formation\.worker: 2 × old image → 0 × old image/,
  },
  {
    what: 'an output that does not say what to type',
    bug: {file: 'lib/ui/plain.js', text: '  If this process dies: ', instead: '  '},
    way: 'without it',
    red: /no printed command leads on[^]*the world: .*formation\.worker: 2 × old image → 0 × old image/,
  },
]

/** The backup is about to begin: the site is down, and what writes is at 0. */
const IN_THE_WINDOW = {place: 'journal', nth: 9, moment: 'after the line', choice: 'rollback'} as const

describe.concurrent('a planted bug is seen by the drill', {timeout: 120_000}, () => {
  it.for(planted)('$what', async ({bug, red, way}, context) => {
    await needs(context, 'heroku-cli')
    const cli = openCli()
    const plugin = await plant(bug)
    try {
      const point: Point = {command: 'pipeline:maintenance-migrate', ...IN_THE_WINDOW, way, long: false, fails: false}
      context.expect(judge(point, await tryPoint(point, cli, plugin.folder)).join('\n')).toMatch(red)
    } finally {
      await plugin.remove()
    }
  })
})
