import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {parseArgs} from 'node:util'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {drill} from './drill.js'
import {pageOf} from './page.js'
import {newSeed} from './point.js'

/** So many when nobody says: some of each kind. */
const SOME = 48

async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {
      seed: {type: 'string'},
      points: {type: 'string'},
      only: {type: 'string'},
      beside: {type: 'string', default: '2'},
      minutes: {type: 'string'},
      plugin: {type: 'string'},
      walk: {type: 'boolean'},
    },
  })
  const {beside, minutes, only, plugin} = values
  if (values.walk) {
    const {recordWalk} = await import('./walk.js')
    await recordWalk(plugin)
    return 0
  }

  const points = values.points === 'all' ? 'all' : Number(values.points ?? SOME)
  const seed = values.seed === undefined ? newSeed() : Number(values.seed)
  const {outcomes, possible} = await drill({
    seed,
    points,
    beside: Number(beside),
    plugin,
    ...(only === undefined ? {} : {only}),
    ...(minutes === undefined ? {} : {until: Date.now() + Number(minutes) * 60_000}),
    say: (line) => console.log(line),
  })
  const wrong = outcomes.filter((one) => one.wrong.length > 0).length
  console.log(`seed ${seed}: ${outcomes.length} points, ${wrong} violations`)
  if (points === 'all' && only === undefined) {
    await writeFile(path.join(projectRoot, 'docs/crash-drill.md'), pageOf(outcomes, {possible, seed}))
    console.log('Wrote docs/crash-drill.md')
  }

  return wrong > 0 ? 1 : 0
}

process.exitCode = await main()
